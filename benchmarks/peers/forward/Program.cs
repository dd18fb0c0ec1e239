// The turns of engines in one process: ForwardTurns CHECKPOINT NETWORK.onnx WINDOWS. See compare.py for what it reads and prints.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Coinsphere.Messaging.ForwardTurns;

var (checkpoint, network) = (args[0], args[1]);
var windows = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(args[2])).ToArray();
var engines = new Dictionary<string, Pass>(StringComparer.Ordinal);

while (Console.ReadLine() is { } line)
{
    var (engine, numbers) = line.Split(' ') is [var name, .. var rest] ? (name, rest) : ("", []);
    int[] turn = [.. numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
    var (batch, warm, calls) = (turn[0], turn[1], turn[2]);
    if (!engines.TryGetValue(engine, out var forward))
    {
        engines[engine] = forward = Passes.Of(engine, checkpoint, network, windows);
    }

    if (calls == 0)
    {
        Console.WriteLine(string.Join(' ', forward(batch).ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        continue;
    }

    for (var i = 0; i < warm; i++)
    {
        forward(batch);
    }

    var (start, spent) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
    for (var i = 0; i < calls; i++)
    {
        forward(batch);
    }

    double[] took = [Stopwatch.GetElapsedTime(start).TotalMilliseconds / calls, (Environment.CpuUsage.TotalTime - spent).TotalMilliseconds / calls];
    Console.WriteLine(string.Join(' ', took.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
}
