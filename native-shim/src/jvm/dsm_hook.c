#include "dsm_hook.h"

#include "dsm_buffer.h"
#include "dsm_class_patch.h"
#include "dsm_class_path.h"
#include "dsm_loaders.h"
#include "dsm_rooms.h"

#include <jvmti.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    jvmtiEnv *jvmti;
    jclass entry;
    jmethodID load, read;
    jobject system, platform, own;
    dsm_class_path *class_path;
    _Atomic(dsm_class_rules *) rules; /* old ones are kept: another thread may be at them */
} hook;

/* A class that is being loaded. */
typedef struct loading {
    JNIEnv *env;
    jobject loader;
    dsm_text name;
    const dsm_class_rules *rules;
    dsm_class_room *room;
} loading;

/* ---- reading ahead ------------------------------------------------------------------------------------------- */

/* By the loader itself; NULL if it has none. */
static uint8_t *read_by_loader(JNIEnv *env, jobject loader, dsm_text name, uint32_t *length)
{
    char *text = malloc(name.length + 1u);
    if (text == NULL)
        return NULL;
    memcpy(text, name.bytes, name.length);
    text[name.length] = 0;
    jstring string = (*env)->NewStringUTF(env, text);
    free(text);
    jbyteArray array = NULL;
    if (string != NULL)
        array = (*env)->CallStaticObjectMethod(env, hook.entry, hook.read, loader, string);
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionClear(env);
        array = NULL;
    }
    uint8_t *bytes = NULL;
    if (array != NULL) {
        *length = (uint32_t)(*env)->GetArrayLength(env, array);
        bytes = malloc(*length + 1u);
        if (bytes != NULL)
            (*env)->GetByteArrayRegion(env, array, 0, (jsize)*length, (jbyte *)bytes);
        (*env)->DeleteLocalRef(env, array);
    }
    if (string != NULL)
        (*env)->DeleteLocalRef(env, string);
    return bytes;
}

/* Reads a class that others depend on, and tells what is in it. */
static bool read_ahead(const loading *c, dsm_loader *l, bool is_system, dsm_text name)
{
    uint8_t *bytes = NULL;
    uint32_t length = 0;
    if (!is_system || dsm_class_path_read(hook.class_path, name, &bytes, &length) != DSM_JAR_FOUND)
        bytes = read_by_loader(c->env, c->loader, name, &length);
    dsm_class_found found;
    bool readable = bytes != NULL && dsm_class_scan(c->rules, bytes, length, c->room, &found);
    dsm_loader_relock(l);
    bool told = dsm_plain_read(dsm_loader_plain(l), name, bytes != NULL, readable ? &found : NULL, c->room);
    dsm_loader_unlock(l);
    free(bytes);
    return told;
}

/* The names that are needed; how many. */
static uint32_t needed(const dsm_plain *p, dsm_text **names)
{
    uint32_t count = 0;
    while (dsm_plain_needed(p, count).length != 0)
        count++;
    *names = malloc(count * sizeof **names);
    for (uint32_t i = 0; *names != NULL && i < count; i++)
        (*names)[i] = dsm_plain_needed(p, i);
    return *names == NULL ? 0 : count;
}

/* What the agent is to be told of the class. */
static int judge(const loading *c, const dsm_class_found *found)
{
    dsm_loader *l = dsm_loader_lock(c->env, c->loader);
    if (l == NULL)
        return 0;
    bool was_plain;
    dsm_plain_class *class = dsm_plain_define(dsm_loader_plain(l), c->name, found, c->room, &was_plain);
    int flags = DSM_HOOK_JUDGED;
    if (was_plain && (found == NULL || (found->flags & DSM_CLASS_SHARED) != 0))
        flags |= DSM_HOOK_LATE;
    bool is_system = false, asked = false;
    enum dsm_plain_answer answer = DSM_PLAIN_NO;
    while (class != NULL && (answer = dsm_plain_ask(dsm_loader_plain(l), class)) == DSM_PLAIN_NEEDS) {
        dsm_text *names;
        uint32_t count = needed(dsm_loader_plain(l), &names);
        dsm_loader_unlock(l);
        if (!asked)
            is_system = (*c->env)->IsSameObject(c->env, c->loader, hook.system);
        asked = true;
        bool told = count != 0;
        for (uint32_t i = 0; i < count && told; i++)
            told = read_ahead(c, l, is_system, names[i]);
        free(names);
        dsm_loader_relock(l);
        if (!told)
            break;
    }
    dsm_loader_unlock(l);
    return answer == DSM_PLAIN_YES ? flags | DSM_HOOK_PLAIN : flags;
}

/* ---- asking the agent ---------------------------------------------------------------------------------------- */

/* Room for another class file than the one that is loaded. */
static unsigned char *replace(jint length, jint *new_length, unsigned char **new_bytes)
{
    if ((*hook.jvmti)->Allocate(hook.jvmti, length + 1, new_bytes) != JVMTI_ERROR_NONE)
        abort(); /* the class as it is would be a wrong one */
    *new_length = length;
    return *new_bytes;
}

static void ask_agent(const loading *c, jclass redefined, const char *name, jobject domain, jint length,
                      const unsigned char *bytes, int flags, jint *new_length, unsigned char **new_bytes)
{
    JNIEnv *env = c->env;
    jbyteArray array = (*env)->NewByteArray(env, length), result = NULL;
    jstring string = array == NULL ? NULL : (*env)->NewStringUTF(env, name);
    if (string != NULL) {
        (*env)->SetByteArrayRegion(env, array, 0, length, (const jbyte *)bytes);
        result = (*env)->CallStaticObjectMethod(env, hook.entry, hook.load, c->loader, string, redefined, domain, array,
                                                (jint)flags);
    }
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionClear(env);
        replace(0, new_length, new_bytes); /* it is not known whether it may be loaded as it is */
    } else if (result != NULL) {
        jint result_length = (*env)->GetArrayLength(env, result);
        (*env)->GetByteArrayRegion(env, result, 0, result_length,
                                   (jbyte *)replace(result_length, new_length, new_bytes));
    }
    if (result != NULL)
        (*env)->DeleteLocalRef(env, result);
    if (string != NULL)
        (*env)->DeleteLocalRef(env, string);
    if (array != NULL)
        (*env)->DeleteLocalRef(env, array);
}

/* Rewrites a plain class; whether nothing is left to the agent. */
static bool patch(const loading *c, uint32_t found, jint length, const unsigned char *bytes, jint *new_length,
                  unsigned char **new_bytes)
{
    if ((found & DSM_CLASS_LOOK) != 0)
        return false;
    if ((found & DSM_CLASS_PATCHES) == 0)
        return true;
    uint8_t *patched;
    uint32_t patched_length;
    enum dsm_patch_answer answer =
        dsm_class_patch(c->rules, bytes, (uint32_t)length, found, c->room, &patched, &patched_length);
    if (answer == DSM_PATCH_DONE) {
        memcpy(replace((jint)patched_length, new_length, new_bytes), patched, patched_length);
        free(patched);
    }
    return answer != DSM_PATCH_CANNOT;
}

static bool is_of(JNIEnv *env, jobject loader, jobject other)
{
    return other != NULL && (*env)->IsSameObject(env, loader, other);
}

/* Whether it is a class of the program that mentions something shared, and is loaded by a loader of the JDK, which has no API. */
static bool is_above_the_api(loading *c, jint length, const unsigned char *bytes)
{
    if (!dsm_class_rules_is_program(c->rules, c->name))
        return false;
    c->room = dsm_room_take();
    if (c->room == NULL)
        return true;
    dsm_class_found found;
    bool mentions =
        dsm_class_scan(c->rules, bytes, (uint32_t)length, c->room, &found) && (found.flags & DSM_CLASS_SHARED) != 0;
    dsm_room_give(c->room);
    return mentions;
}

static void JNICALL on_class_file(jvmtiEnv *jvmti, JNIEnv *env, jclass redefined, jobject loader, const char *name,
                                  jobject domain, jint length, const unsigned char *bytes, jint *new_length,
                                  unsigned char **new_bytes)
{
    (void)jvmti;
    if (name == NULL || (loader != NULL && is_of(env, loader, hook.own)))
        return;
    loading c = {.env = env, .loader = loader, .name = {(const uint8_t *)name, (uint32_t)strlen(name)}};
    c.rules = atomic_load_explicit(&hook.rules, memory_order_acquire);
    if (loader == NULL || is_of(env, loader, hook.platform)) {
        if (is_above_the_api(&c, length, bytes))
            ask_agent(&c, redefined, name, domain, length, bytes, 0, new_length, new_bytes);
        return;
    }
    bool ask = dsm_class_rules_has(c.rules, DSM_RULE_ASK, c.name);
    if (!ask && !dsm_class_rules_is_program(c.rules, c.name))
        return;
    int flags = 0;
    c.room = ask || redefined != NULL ? NULL : dsm_room_take();
    if (c.room != NULL) {
        dsm_class_found found;
        bool readable = dsm_class_scan(c.rules, bytes, (uint32_t)length, c.room, &found);
        flags = judge(&c, readable ? &found : NULL);
        bool done = (flags & DSM_HOOK_PLAIN) != 0 && patch(&c, found.flags, length, bytes, new_length, new_bytes);
        dsm_room_give(c.room);
        if (done)
            return;
    }
    ask_agent(&c, redefined, name, domain, length, bytes, flags, new_length, new_bytes);
}

static char *text_of(JNIEnv *env, jbyteArray array, uint32_t *length)
{
    *length = (uint32_t)(*env)->GetArrayLength(env, array);
    char *text = malloc(*length + 1u);
    if (text != NULL) {
        (*env)->GetByteArrayRegion(env, array, 0, (jsize)*length, (jbyte *)text);
        text[*length] = 0;
    }
    return text;
}

JNIEXPORT jboolean JNICALL Java_org_dsm4j_agent_rewrite_ClassHook_rules(JNIEnv *env, jclass entry, jbyteArray rules)
{
    (void)entry;
    uint32_t length;
    char *text = text_of(env, rules, &length);
    dsm_class_rules *parsed = text == NULL ? NULL : dsm_class_rules_parse(text, length);
    free(text);
    if (parsed == NULL)
        return JNI_FALSE;
    atomic_store_explicit(&hook.rules, parsed, memory_order_release);
    return JNI_TRUE;
}

/* ---- for tests ----------------------------------------------------------------------------------------------- */

static jbyteArray array_of(JNIEnv *env, const void *bytes, uint32_t length)
{
    jbyteArray array = (*env)->NewByteArray(env, (jsize)length);
    if (array != NULL)
        (*env)->SetByteArrayRegion(env, array, 0, (jsize)length, bytes);
    return array;
}

JNIEXPORT jbyteArray JNICALL Java_org_dsm4j_agent_rewrite_ClassHook_examine(JNIEnv *env, jclass entry, jbyteArray file)
{
    (void)entry;
    uint32_t length;
    jbyteArray text = NULL;
    uint8_t *bytes = (uint8_t *)text_of(env, file, &length);
    dsm_class_room *room = dsm_room_take();
    dsm_class_found found;
    if (bytes != NULL && room != NULL && dsm_class_scan(atomic_load(&hook.rules), bytes, length, room, &found)) {
        dsm_buffer out = {0};
        char number[16];
        dsm_buffer_put(&out, number, (uint32_t)snprintf(number, sizeof number, "%u", found.flags));
        for (uint32_t i = 0; i < found.mentions; i++) {
            const dsm_class_mention *each = &room->mentions[i];
            dsm_buffer_put(&out, number, (uint32_t)snprintf(number, sizeof number, "\n%u ", each->relation));
            dsm_buffer_put(&out, each->name.bytes, each->name.length);
        }
        text = array_of(env, out.bytes, out.length);
        dsm_buffer_free(&out);
    }
    if (room != NULL)
        dsm_room_give(room);
    free(bytes);
    return text;
}

JNIEXPORT jbyteArray JNICALL Java_org_dsm4j_agent_rewrite_ClassHook_patched(JNIEnv *env, jclass entry, jbyteArray file)
{
    (void)entry;
    uint32_t length, patched_length;
    jbyteArray result = NULL;
    uint8_t *bytes = (uint8_t *)text_of(env, file, &length), *patched;
    dsm_class_room *room = dsm_room_take();
    const dsm_class_rules *rules = atomic_load(&hook.rules);
    dsm_class_found found;
    if (bytes != NULL && room != NULL && dsm_class_scan(rules, bytes, length, room, &found) &&
        (found.flags & DSM_CLASS_LOOK) == 0 &&
        dsm_class_patch(rules, bytes, length, found.flags, room, &patched, &patched_length) == DSM_PATCH_DONE) {
        result = array_of(env, patched, patched_length);
        free(patched);
    }
    if (room != NULL)
        dsm_room_give(room);
    free(bytes);
    return result;
}

/* ---- installing ---------------------------------------------------------------------------------------------- */

static jint prepare(JNIEnv *env, jclass entry, jbyteArray rules, jbyteArray class_path)
{
    uint32_t length;
    char *text = text_of(env, class_path, &length);
    hook.class_path = text == NULL ? NULL : dsm_class_path_create(text);
    free(text);
    hook.load = (*env)->GetStaticMethodID(
        env, entry, "load",
        "(Ljava/lang/ClassLoader;Ljava/lang/String;Ljava/lang/Class;Ljava/security/ProtectionDomain;[BI)[B");
    hook.read = hook.load == NULL
                    ? NULL
                    : (*env)->GetStaticMethodID(env, entry, "read", "(Ljava/lang/ClassLoader;Ljava/lang/String;)[B");
    if (hook.read == NULL || hook.class_path == NULL)
        return JVMTI_ERROR_INTERNAL;
    return Java_org_dsm4j_agent_rewrite_ClassHook_rules(env, entry, rules) ? JVMTI_ERROR_NONE
                                                                           : JVMTI_ERROR_ILLEGAL_ARGUMENT;
}

JNIEXPORT jint JNICALL Java_org_dsm4j_agent_rewrite_ClassHook_install(JNIEnv *env, jclass entry, jobject system_loader,
                                                                      jobject platform_loader, jobject own_loader,
                                                                      jbyteArray rules, jbyteArray class_path)
{
    JavaVM *vm;
    if (hook.jvmti != NULL)
        return JVMTI_ERROR_DUPLICATE;
    if ((*env)->GetJavaVM(env, &vm) != JNI_OK || (*vm)->GetEnv(vm, (void **)&hook.jvmti, JVMTI_VERSION_11) != JNI_OK)
        return JVMTI_ERROR_UNSUPPORTED_VERSION;
    jint status = prepare(env, entry, rules, class_path);
    if (status != JVMTI_ERROR_NONE)
        goto fail;
    hook.entry = (*env)->NewGlobalRef(env, entry);
    hook.system = (*env)->NewGlobalRef(env, system_loader);
    hook.platform = (*env)->NewGlobalRef(env, platform_loader);
    hook.own = own_loader == NULL ? NULL : (*env)->NewGlobalRef(env, own_loader);
    jvmtiCapabilities all = {.can_generate_all_class_hook_events = 1};
    jvmtiEventCallbacks callbacks = {.ClassFileLoadHook = on_class_file};
    status = (jint)(*hook.jvmti)->AddCapabilities(hook.jvmti, &all);
    if (status == JVMTI_ERROR_NONE)
        status = (jint)(*hook.jvmti)->SetEventCallbacks(hook.jvmti, &callbacks, (jint)sizeof callbacks);
    if (status == JVMTI_ERROR_NONE)
        status = (jint)(*hook.jvmti)
                     ->SetEventNotificationMode(hook.jvmti, JVMTI_ENABLE, JVMTI_EVENT_CLASS_FILE_LOAD_HOOK, NULL);
    if (status == JVMTI_ERROR_NONE)
        return 0;
fail:
    (*hook.jvmti)->DisposeEnvironment(hook.jvmti);
    hook.jvmti = NULL;
    return status;
}
