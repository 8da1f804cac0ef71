package org.dsm4j.agent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node takes of Slurm, mpirun and Kubernetes. */
class PlacementTest {
  @TempDir private Path folder;

  private Settings settings(String variables, String arguments) {
    Map<String, String> environment = new HashMap<>();
    for (String each : variables.trim().split("\\s+")) {
      int equals = each.indexOf('=');
      if (equals > 0) {
        environment.put(each.substring(0, equals), each.substring(equals + 1));
      }
    }
    Settings read = SettingsReader.read(folder, environment, new Properties(), arguments);
    return Placement.complete(read, environment);
  }

  private String place(String variables, String arguments) {
    Settings settings = settings(variables, arguments);
    return settings.text(SettingTable.NODE)
        + "/"
        + settings.text(SettingTable.NODES)
        + " "
        + settings.text(SettingTable.MANAGER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // Slurm, as srun sets it; the step's own hosts and number before the job's.
        "SLURM_PROCID=3 SLURM_NTASKS=4 SLURM_JOB_NODELIST=n[07-10] | '' | 3/4 n07:7400",
        "SLURM_PROCID=1 SLURM_NTASKS=8 SLURM_STEP_NUM_TASKS=2 SLURM_JOB_NODELIST=a,b SLURM_STEP_NODELIST=b,c | '' | 1/2 b:7400",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_NODELIST=n[1-2] DSM_MANAGER_PORT=7500 | '' | 1/2 n1:7500",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n1 | '' | 1/2 127.0.0.1:7400",
        // What is set stays.
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n[1-2] | manager=x:1 | 1/2 x:1",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n[1-2] | node=0,nodes=3,manager=x:1 | 0/3 x:1",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n[1-2] | nodes=1 | 0/1 null",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n[1-2] | nodes=2 | 1/2 n1:7400",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n[1-2] | node=0,nodes=2,portfile=p | 0/2 null",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n[1-2] | lifeline=1:x | 0/1 null",
        // One task is one node; half of a place is none.
        "SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_JOB_NODELIST=n1 | '' | 0/1 null",
        "SLURM_NTASKS=4 SLURM_JOB_NODELIST=n[1-4] | '' | 0/1 null",
        "SLURM_PROCID=1 SLURM_JOB_NODELIST=n[1-4] | '' | 0/1 null",
        "SLURM_PROCID=1 SLURM_NTASKS=2 | '' | 0/1 null",
        "SLURM_PROCID=1 SLURM_NTASKS=2 | manager=x:1 | 1/2 x:1",
        // mpirun: under Slurm, its variables count its helpers.
        "OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_LOCAL_SIZE=3 | '' | 2/3 127.0.0.1:7400",
        "OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_LOCAL_SIZE=2 | '' | 0/1 null",
        "OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_SIZE=2 SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=a,b | '' | 2/4 a:7400",
        "PMI_RANK=1 PMI_SIZE=2 | manager=x:1 | 1/2 x:1",
        "PMI_RANK=1 PMI_SIZE=2 | '' | 0/1 null",
        // A StatefulSet's pod.
        "HOSTNAME=app-2 DSM_NODES=3 DSM_SERVICE=app | '' | 2/3 app-0.app:7400",
        "HOSTNAME=my-app-12 DSM_NODES=20 DSM_SERVICE=s.space.svc DSM_MANAGER_PORT=80 | '' | 12/20 my-app-0.s.space.svc:80",
        "HOSTNAME=app-1 DSM_NODES=3 DSM_SERVICE=app DSM_MANAGER=m:1 | '' | 1/3 m:1",
        "HOSTNAME=app-1 DSM_NODES=1 DSM_SERVICE=app | '' | 0/1 null",
        "HOSTNAME=app-1 KUBERNETES_SERVICE_HOST=k DSM_NODES=3 DSM_MANAGER=m:1 | '' | 1/3 m:1",
        "HOSTNAME=app-1 DSM_NODES=3 DSM_MANAGER=m:1 | '' | 0/3 m:1",
        "HOSTNAME=app-x2 KUBERNETES_SERVICE_HOST=k DSM_NODES=3 DSM_MANAGER=m:1 | '' | 0/3 m:1",
        "HOSTNAME=app-1 KUBERNETES_SERVICE_HOST=k | '' | 0/1 null",
        "HOSTNAME=app-1 | '' | 0/1 null",
      })
  void thePlace(String variables, String arguments, String place) {
    assertEquals(place, place(variables, arguments));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SLURM_PROCID=1 SLURM_NTASKS=4 SLURM_JOB_NODELIST=n[1-4] | nodes=2 | setting nodes is 2 (agent arguments), and by SLURM_NTASKS it is 4",
        "SLURM_PROCID=1 SLURM_NTASKS=4 SLURM_JOB_NODELIST=n[1-4] | node=2 | setting node is 2 (agent arguments), and by SLURM_PROCID it is 1",
        "SLURM_PROCID=4 SLURM_NTASKS=4 SLURM_JOB_NODELIST=n[1-4] | '' | SLURM_PROCID is 4, of 4 by SLURM_NTASKS",
        "SLURM_PROCID=x SLURM_NTASKS=4 SLURM_JOB_NODELIST=n[1-4] | '' | SLURM_PROCID is \"x\"",
        "SLURM_PROCID=1 SLURM_NTASKS=4 SLURM_JOB_NODELIST=n[1- | '' | SLURM_JOB_NODELIST is \"n[1-\"",
        "SLURM_PROCID=1 SLURM_NTASKS=9999 SLURM_JOB_NODELIST=n[1-4] | '' | setting nodes is \"9999\" (SLURM_NTASKS)",
        "HOSTNAME=app-1 DSM_SERVICE=app | '' | nodes is not set",
        "HOSTNAME=app DSM_SERVICE=app DSM_NODES=2 | '' | the host name \"app\" does not end in -NUMBER",
        "HOSTNAME=app-1 DSM_SERVICE=app DSM_NODES=2 DSM_NODE=0 | '' | setting node is 0 (environment variable DSM_NODE), and by the number in the host name app-1 it is 1",
      })
  void contradictionsAreOneLine(String variables, String arguments, String message) {
    String told =
        assertThrows(SettingsException.class, () -> settings(variables, arguments)).getMessage();
    assertTrue(told.contains(message), told);
  }

  @Test
  void aFailureSaysWhoSaidSo() {
    assertEquals(
        " (this is node 1 of 2 by SLURM_PROCID and SLURM_NTASKS; nodes=1 lets it run alone)",
        Placement.remark(settings("SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=n[1-2]", "")));
    assertEquals("", Placement.remark(settings("", "nodes=2,manager=x:1")));
  }
}
