/** Runs all programs, one after the other. */
public class All {
  interface Program {
    void main(String[] args) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    String[] none = {};
    Program[] programs = {
      npb.cg.CG::main,
      npb.mg.MG::main,
      npb.ft.FT::main,
      npb.is.IS::main,
      npb.lu.LU::main,
      npb.ep.EP::main,
      jgf.section1.JGFSync::main,
      jgf.section1.JGFSpinBarrier::main,
      jgf.series.JGFSeries::main,
      jgf.lufact.JGFLUFact::main,
      jgf.sor.JGFSORBench::main,
      jgf.sor.JGFSORSpin::main,
      jgf.crypt.JGFCryptBench::main,
      jgf.sparse.JGFSparse::main,
      jgf.md.JGFMolDynBench::main,
      jgf.mc.JGFMonteCarlo::main,
      jgf.rt.JGFRayTracer::main,
      everyday.containers.Containers::main,
      everyday.locks.Sync::main,
      everyday.graphs.Graph::main,
      everyday.arrays.ArraysMisc::main,
      everyday.misc.Misc::main,
      everyday.workers.Handshake::main,
    };
    for (Program program : programs) {
      program.main(none);
    }
  }
}
