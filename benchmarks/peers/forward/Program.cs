using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Worker.Models;

// The turns of an engine of ours: ForwardTurns managed|torch CHECKPOINT WINDOWS. See compare.py for what it reads and prints.
const int width = 90 * 20;
var model = Engines.Load(args[0]).Create(CheckpointReader.Read(args[1]).Weights);
var windows = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(args[2])).ToArray();
var probabilities = new float[windows.Length / width * 3];

while (Console.ReadLine() is { } line)
{
    int[] turn = [.. line.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
    var (batch, warm, calls) = (turn[0], turn[1], turn[2]);
    if (calls == 0)
    {
        Forward(batch);
        Console.WriteLine(string.Join(' ', probabilities.Take(batch * 3).Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        continue;
    }

    for (var i = 0; i < warm; i++)
        Forward(batch);
    var start = Stopwatch.GetTimestamp();
    for (var i = 0; i < calls; i++)
        Forward(batch);
    Console.WriteLine((Stopwatch.GetElapsedTime(start).TotalMilliseconds / calls).ToString(CultureInfo.InvariantCulture));
}

void Forward(int batch) => model.ForwardMany(windows.AsSpan(0, batch * width), batch, probabilities.AsSpan(0, batch * 3));
