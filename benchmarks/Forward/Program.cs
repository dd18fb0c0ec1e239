// One forward pass at batch size 1 on one thread, seeded random weights: 20 inputs, hidden sizes and steps from the arguments, 128/64/32 and 90 by default.
// Then what this machine could do at best. Kernels alternate within every round, so that whatever else the machine does hits all of them and their ratios hold
// within a run.
using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.Forecasting.Lstm;

int[] hiddenSizes = args.Length > 0 ? [.. args[0].Split('/').Select(int.Parse)] : [128, 64, 32];
var steps = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 90;
const int inputs = 20;
const int rounds = 300;
const int callsPerRound = 10;

var random = new Random(7);
float[] Uniform(int count, float limit) => [.. Enumerable.Range(0, count).Select(_ => ((random.NextSingle() * 2) - 1) * limit)];

LstmLayerWeights Layer(int width, int hidden)
{
    var limit = 1 / MathF.Sqrt(hidden); // PyTorch's initialisation
    return new(width, hidden, Uniform(4 * hidden * width, limit), Uniform(4 * hidden * hidden, limit), Uniform(4 * hidden, limit), Uniform(4 * hidden, limit));
}

LinearWeights Linear(int width, int outputs) => new(width, outputs, Uniform(outputs * width, 1 / MathF.Sqrt(width)), Uniform(outputs, 0.1f));

var weights = new CryptoLstmWeights(
    [.. hiddenSizes.Select((hidden, i) => Layer(i == 0 ? inputs : hiddenSizes[i - 1], hidden))], Linear(hiddenSizes[^1], 16), Linear(16, 3));
var window = Uniform(steps * inputs, 2);
var probabilities = new float[3];
var models = CryptoLstm.Kernels.Select(kernel => CryptoLstm.Create(weights, kernel)).ToArray();
var times = models.Select(_ => new List<double>(rounds)).ToArray();

for (var round = -20; round < rounds; round++)
{
    for (var i = 0; i < models.Length; i++)
    {
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < callsPerRound; call++)
        {
            models[i].Forward(window, probabilities);
        }

        if (round >= 0)
        {
            times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / callsPerRound);
        }
    }
}

Console.WriteLine($"{inputs} -> {string.Join('/', hiddenSizes)}, {steps} steps; this machine takes {CryptoLstm.FastestKernel}");
Console.WriteLine("kernel        median ms    5 %      95 %   vs scalar");
var scalarMedian = Percentile(times[^1], 0.5);
for (var i = 0; i < models.Length; i++)
{
    var median = Percentile(times[i], 0.5);
    Console.WriteLine(FormattableString.Invariant(
        $"{models[i].Kernel,-12} {median,9:F4} {Percentile(times[i], 0.05),9:F4} {Percentile(times[i], 0.95),9:F4} {scalarMedian / median,8:F1} x"));
}

// Two operations a weight and step; of a single window all recurrent weights are read anew at every step, and lie beyond the L1 cache.
var widths = hiddenSizes.Prepend(inputs).ToArray();
var products = hiddenSizes.Select((hidden, i) => 4.0 * hidden * (widths[i] + hidden)).Sum();
var recurrent = hiddenSizes.Sum(hidden => 4 * hidden * hidden * sizeof(float));
var (operations, bytes) = (2 * products * steps, (double)recurrent * steps);
var (flops, bandwidth) = (MachineLimits.FlopsPerSecond(), MachineLimits.BytesPerSecond(recurrent));
var ours = Percentile(times[CryptoLstm.Kernels.ToList().IndexOf(CryptoLstm.FastestKernel)], 0.5);
Console.WriteLine(FormattableString.Invariant(
    $"A pass has {operations / 1e6:F1} MFLOP: {1000 * operations / flops:F3} ms at the {flops / 1e9:F0} GFLOP/s that this core reaches in registers."));
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"It reads {recurrent / 1024} KB of recurrent weights {steps} times: {1000 * bytes / bandwidth:F3} ms at the {bandwidth / 1e9:F0} GB/s that this core "
        + $"reads them at. Ours takes {ours:F3} ms, {ours / 1000 / (bytes / bandwidth):F1} times that."));

static double Percentile(List<double> values, double share)
{
    values.Sort();
    return values[(int)(share * (values.Count - 1))];
}
