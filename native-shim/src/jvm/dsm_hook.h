/*
 * dsm_hook.h - where the JVM hands over the class files that it is about to load (JVMTI ClassFileLoadHook). Nearly all are
 * seen here to be none of the agent's business; only for the others Java is called.
 *
 * The one part of the library that knows a JVM; the engine has no path into it, nor it into the engine.
 */
#ifndef DSM_HOOK_H
#define DSM_HOOK_H

#include <jni.h>

/* What the agent is told of a class. */
#define DSM_HOOK_JUDGED 1 /* the two flags below were decided */
#define DSM_HOOK_PLAIN  2 /* the class is surely tied to nothing shared */
#define DSM_HOOK_LATE   4 /* it mentions something shared, and another class was taken to be plain as if it did not */

/* Native method of ClassHook: from now on every class is looked at. 0, or the JVMTI error. Once in a process. */
JNIEXPORT jint JNICALL Java_org_dsm4j_agent_rewrite_ClassHook_install(JNIEnv *env, jclass entry, jobject system_loader,
                                                                      jobject platform_loader, jobject own_loader,
                                                                      jbyteArray rules, jbyteArray class_path);

/* Native method of ClassHook: other rules from now on. Whether they were understood. */
JNIEXPORT jboolean JNICALL Java_org_dsm4j_agent_rewrite_ClassHook_rules(JNIEnv *env, jclass entry, jbyteArray rules);

/* Native methods of ClassHook, for tests. What a scan finds, as text: the flags, then "RELATION NAME", one a line; null if the
 * file cannot be read. And the class file patched; null if there is nothing to be done or it cannot be. */
JNIEXPORT jbyteArray JNICALL Java_org_dsm4j_agent_rewrite_ClassHook_examine(JNIEnv *env, jclass entry, jbyteArray file);
JNIEXPORT jbyteArray JNICALL Java_org_dsm4j_agent_rewrite_ClassHook_patched(JNIEnv *env, jclass entry, jbyteArray file);

#endif
