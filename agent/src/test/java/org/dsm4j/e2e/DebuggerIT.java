package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StringReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.ClassPrepareRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.dsm4j.e2e.programs.Debugged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a debugger, which reads the JVM's memory and not ours, shows of a shared object. */
class DebuggerIT {
  private static final Duration EVENT_LIMIT = Duration.ofSeconds(30);

  @Test
  @Timeout(60)
  void aDebuggerShowsTheFieldsOfASharedObject() throws Exception {
    LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
    arguments
        .get("options")
        .setValue("-Xmx128m -javaagent:" + System.getProperty("dsm.test.jar") + " -cp " + classes);
    arguments.get("main").setValue(Debugged.class.getName());
    VirtualMachine machine = connector.launch(arguments);
    try {
      ClassPrepareRequest prepared = machine.eventRequestManager().createClassPrepareRequest();
      prepared.addClassFilter(Debugged.class.getName());
      prepared.enable();
      machine.resume();
      ObjectReference seen = argumentOfLook(machine);
      assertEquals("42", value(seen, "number"));
      assertEquals("a text that is long", value(seen, "text"));
      assertEquals("2.5", value(seen, "weight"));
      assertEquals("43", value((ObjectReference) field(seen, "next"), "number"));
    } finally {
      machine.process().destroyForcibly();
    }
  }

  private static ObjectReference argumentOfLook(VirtualMachine machine) throws Exception {
    while (true) {
      EventSet events = machine.eventQueue().remove(EVENT_LIMIT.toMillis());
      if (events == null) {
        return fail("no event within " + EVENT_LIMIT);
      }
      for (Event event : events) {
        if (event instanceof ClassPrepareEvent loaded) {
          ReferenceType type = loaded.referenceType();
          machine
              .eventRequestManager()
              .createBreakpointRequest(type.methodsByName("look").get(0).location())
              .enable();
        } else if (event instanceof BreakpointEvent reached) {
          return (ObjectReference) reached.thread().frame(0).getArgumentValues().get(0);
        }
      }
      events.resume();
    }
  }

  private static Object field(ObjectReference object, String name) {
    assertNotNull(object.referenceType().fieldByName(name), name);
    return object.getValue(object.referenceType().fieldByName(name));
  }

  private static String value(ObjectReference object, String name) {
    Object value = field(object, name);
    return value instanceof StringReference text ? text.value() : String.valueOf(value);
  }
}
