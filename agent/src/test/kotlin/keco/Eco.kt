package keco

import org.dsm4j.Dsm
import org.dsm4j.Shared

@Shared
class Item(val number: Int, var next: Item?) {
    var text: String = "item $number"
}

@Shared
data class Point(val x: Int, val y: Double)

object Board {
    @Shared @JvmField var count = 0
    @Shared @JvmField val data = DoubleArray(1000)
    @Shared @JvmField var first: Item? = null
    @Shared @JvmField var point: Point? = null
    @Shared @JvmField val lock = Any()
}

class Holder {
    companion object {
        @Shared @JvmField var total = 0L
        @field:Shared var property = 0
    }
}

@field:Shared
var top = 0

fun main() {
    for (i in 0 until 50) {
        synchronized(Board.lock) {
            Board.count++
            Holder.total += 2
            Holder.property++
            top++
        }
    }
    synchronized(Board.lock) { Board.first = Item(Dsm.node(), Board.first) }
    for (i in Dsm.node() until Board.data.size step Dsm.nodes()) Board.data[i] = i.toDouble()
    if (Dsm.node() == 0) Board.point = Point(3, 4.5)
    Dsm.barrier()
    var items = 0
    var at = Board.first
    while (at != null) { if (at.text == "item ${at.number}") items++; at = at.next }
    val sum = Board.data.sumOf { it }
    val line = "${Board.count} ${Holder.total} ${Holder.property} $top $items $sum ${Board.point}"
    Dsm.barrier()
    if (Dsm.node() == 0) println("keco $line on ${Dsm.nodes()}")
}
