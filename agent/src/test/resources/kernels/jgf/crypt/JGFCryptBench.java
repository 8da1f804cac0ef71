package jgf.crypt;

import java.util.Random;
import org.dsm4j.*;

class IDEATest {
  int array_rows = 48 * 1024;
  @Shared static byte[] plain1, crypt1, plain2;
  short[] userkey;
  int[] Z, DK;

  void Do() {
    IDEARunner r = new IDEARunner(Dsm.node(), plain1, crypt1, Z);
    r.run();
    Dsm.barrier();
    new IDEARunner(Dsm.node(), crypt1, plain2, DK).run();
    Dsm.barrier();
  }

  void buildTestData() {
    Random rndnum = new Random(136506717L);
    if (Dsm.node() == 0) {
      plain1 = new byte[array_rows];
      crypt1 = new byte[array_rows];
      plain2 = new byte[array_rows];
    }
    userkey = new short[8];
    Z = new int[52];
    DK = new int[52];
    for (int i = 0; i < 8; i++) userkey[i] = (short) rndnum.nextInt();
    calcEncryptKey();
    calcDecryptKey();
    if (Dsm.node() == 0) for (int i = 0; i < array_rows; i++) plain1[i] = (byte) i;
    Dsm.barrier();
  }

  private void calcEncryptKey() {
    int j;
    for (int i = 0; i < 52; i++) Z[i] = 0;
    for (int i = 0; i < 8; i++) Z[i] = userkey[i] & 0xffff;
    for (int i = 8; i < 52; i++) {
      j = i % 8;
      if (j < 6) {
        Z[i] = ((Z[i - 7] >>> 9) | (Z[i - 6] << 7)) & 0xFFFF;
        continue;
      }
      if (j == 6) {
        Z[i] = ((Z[i - 7] >>> 9) | (Z[i - 14] << 7)) & 0xFFFF;
        continue;
      }
      Z[i] = ((Z[i - 15] >>> 9) | (Z[i - 14] << 7)) & 0xFFFF;
    }
  }

  private void calcDecryptKey() {
    int j, k, t1, t2, t3;
    t1 = inv(Z[0]);
    t2 = -Z[1] & 0xffff;
    t3 = -Z[2] & 0xffff;
    DK[51] = inv(Z[3]);
    DK[50] = t3;
    DK[49] = t2;
    DK[48] = t1;
    j = 47;
    k = 4;
    for (int i = 0; i < 7; i++) {
      t1 = Z[k++];
      DK[j--] = Z[k++];
      DK[j--] = t1;
      t1 = inv(Z[k++]);
      t2 = -Z[k++] & 0xffff;
      t3 = -Z[k++] & 0xffff;
      DK[j--] = inv(Z[k++]);
      DK[j--] = t2;
      DK[j--] = t3;
      DK[j--] = t1;
    }
    t1 = Z[k++];
    DK[j--] = Z[k++];
    DK[j--] = t1;
    t1 = inv(Z[k++]);
    t2 = -Z[k++] & 0xffff;
    t3 = -Z[k++] & 0xffff;
    DK[j--] = inv(Z[k++]);
    DK[j--] = t3;
    DK[j--] = t2;
    DK[j--] = t1;
  }

  private int inv(int x) {
    if (x <= 1) return x;
    long r = 1, b = x;
    int e = 0x10001 - 2;
    for (; e > 0; e >>= 1) {
      if ((e & 1) == 1) r = r * b % 0x10001;
      b = b * b % 0x10001;
    }
    return (int) (r & 0xffff);
  }
}

class IDEARunner implements Runnable {
  int id, key[];
  byte text1[], text2[];

  public IDEARunner(int id, @Shared byte[] text1, @Shared byte[] text2, int[] key) {
    this.id = id;
    this.text1 = text1;
    this.text2 = text2;
    this.key = key;
  }

  public void run() {
    int ilow, iupper, slice, tslice, ttslice;
    tslice = text1.length / 8;
    ttslice = (tslice + Dsm.nodes() - 1) / Dsm.nodes();
    slice = ttslice * 8;
    ilow = id * slice;
    iupper = (id + 1) * slice;
    if (iupper > text1.length) iupper = text1.length;
    int i1 = ilow, i2 = ilow, ik, x1, x2, x3, x4, t1, t2, r;
    for (int i = ilow; i < iupper; i += 8) {
      ik = 0;
      r = 8;
      x1 = text1[i1++] & 0xff;
      x1 |= (text1[i1++] & 0xff) << 8;
      x2 = text1[i1++] & 0xff;
      x2 |= (text1[i1++] & 0xff) << 8;
      x3 = text1[i1++] & 0xff;
      x3 |= (text1[i1++] & 0xff) << 8;
      x4 = text1[i1++] & 0xff;
      x4 |= (text1[i1++] & 0xff) << 8;
      do {
        x1 = mul(x1, key[ik++]);
        x2 = x2 + key[ik++] & 0xffff;
        x3 = x3 + key[ik++] & 0xffff;
        x4 = mul(x4, key[ik++]);
        t2 = x1 ^ x3;
        t2 = mul(t2, key[ik++]);
        t1 = t2 + (x2 ^ x4) & 0xffff;
        t1 = mul(t1, key[ik++]);
        t2 = t1 + t2 & 0xffff;
        x1 ^= t1;
        x4 ^= t2;
        t2 ^= x2;
        x2 = x3 ^ t1;
        x3 = t2;
      } while (--r != 0);
      x1 = mul(x1, key[ik++]);
      x3 = x3 + key[ik++] & 0xffff;
      x2 = x2 + key[ik++] & 0xffff;
      x4 = mul(x4, key[ik++]);
      text2[i2++] = (byte) x1;
      text2[i2++] = (byte) (x1 >>> 8);
      text2[i2++] = (byte) x3;
      text2[i2++] = (byte) (x3 >>> 8);
      text2[i2++] = (byte) x2;
      text2[i2++] = (byte) (x2 >>> 8);
      text2[i2++] = (byte) x4;
      text2[i2++] = (byte) (x4 >>> 8);
    }
  }

  static int mul(int a, int b) {
    long x = a == 0 ? 0x10000 : a, y = b == 0 ? 0x10000 : b;
    return (int) (x * y % 0x10001 & 0xffff);
  }
}

public class JGFCryptBench extends IDEATest {
  public static void main(String[] args) {
    JGFCryptBench cb = new JGFCryptBench();
    cb.buildTestData();
    cb.Do();
    cb.JGFvalidate();
    Dsm.barrier();
  }

  public void JGFvalidate() {
    if (Dsm.node() != 0) return;
    boolean error = false;
    long sum = 0;
    for (int i = 0; i < array_rows; i++) {
      error = plain1[i] != plain2[i];
      sum = sum * 31 + crypt1[i];
      if (error) {
        System.out.println("Validation failed at " + i + " " + plain1[i] + " " + plain2[i]);
        break;
      }
    }
    System.out.println("crypt " + error + " " + sum);
  }
}
