// An epoch of random windows (20 features, 90 steps, 128/64/32) here and in PyTorch, alternated so that whatever else the machine does hits both.
// Arguments: threads, batch size, batches, rounds, Python.
using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.Forecasting.Training;

int Argument(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
var (threads, size, batches, rounds) = (Argument(0, 2), Argument(1, 32), Argument(2, 8), Argument(3, 7));
var python = args.Length > 4 ? args[4] : "/usr/bin/python3";

var random = new Random(7);
var parameters = Parameters.Initial(20, [128, 64, 32], seed: 1);
var engine = new GradientEngine(parameters, steps: 90, threads);
var adam = new Adam(new AdamOptions(WeightDecay: 0.01), parameters.Values.Length);
float[] windows = [.. Enumerable.Range(0, size * engine.WindowLength).Select(_ => (random.NextSingle() * 4) - 2)];
float[] targets = [.. Enumerable.Range(0, size).SelectMany(i => new float[] { i % 3 == 0 ? 1 : 0, i % 3 == 1 ? 1 : 0, i % 3 == 2 ? 1 : 0 })];

var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "epoch.py"), $"{threads}", $"{size}", $"{batches}"])
{
    RedirectStandardInput = true,
    RedirectStandardOutput = true,
};
using var torch = Process.Start(start)!;
var (ours, theirs) = (new List<double>(), new List<double>());
for (var round = -2; round < rounds; round++)
{
    var began = Stopwatch.GetTimestamp();
    for (var batch = 0; batch < batches; batch++)
    {
        engine.Backward(windows, targets, 0.2f, (ulong)batch);
        var norm = 0.0;
        foreach (var gradient in engine.Gradients)
        {
            norm += (double)gradient * gradient;
        }

        var share = (float)Math.Min(1, 1 / Math.Sqrt(norm));
        foreach (ref var gradient in engine.Gradients)
        {
            gradient *= share;
        }

        adam.Step(parameters.Values, engine.Gradients, 1e-3);
        engine.Reload();
    }

    var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
    torch.StandardInput.WriteLine();
    torch.StandardInput.Flush();
    var other = double.Parse(torch.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    if (round >= 0)
    {
        ours.Add(elapsed);
        theirs.Add(other);
    }
}

torch.StandardInput.Close();
ours.Sort();
theirs.Sort();
Console.WriteLine($"{threads} threads, {batches} batches of {size} windows, {rounds} rounds");
Console.WriteLine(FormattableString.Invariant($"here     median {ours[rounds / 2]:F3} s ({ours[0]:F3} to {ours[^1]:F3})"));
Console.WriteLine(FormattableString.Invariant($"PyTorch  median {theirs[rounds / 2]:F3} s ({theirs[0]:F3} to {theirs[^1]:F3})"));
Console.WriteLine(FormattableString.Invariant($"ratio of medians {theirs[rounds / 2] / ours[rounds / 2]:F1}, of the fastest {theirs[0] / ours[0]:F1}"));
