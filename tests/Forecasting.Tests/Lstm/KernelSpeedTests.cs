using System.Diagnostics;
using System.Runtime.Intrinsics;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Tests.Lstm;

/// <summary>
/// Guards what the kernels gain: half of the ratio to the scalar code that was measured on an AMD EPYC, in the same process and by turns, see
/// <see cref="WallClock"/>. No other test runs beside it.
/// </summary>
[Trait("Category", "WallClock")]
[Collection(nameof(Alone))]
public sealed class KernelSpeedTests
{
    private const int Rounds = 15;

    // Tiered compilation replaces code that is called often, and once replaced these by slower ones.
    private const int WarmUp = 600;

    private static readonly Dictionary<string, double> Least = new() { ["vector512.2"] = 11, ["vector256.2"] = 11, ["vector128.2"] = 6 };

    [Fact]
    public void Kernels_KeepHalfOfTheirLeadOverTheScalarCode()
    {
        var weights = new RandomModel(seed: 1).Weights(128, 64, 32);
        var window = new RandomModel(seed: 2).Uniform(90 * RandomModel.Inputs, 2);
        // Wider ones than the CPU's vectors are only slow.
        var kernels = CryptoLstm.Kernels.SkipWhile(kernel => kernel != CryptoLstm.FastestKernel).ToArray();
        var models = Array.ConvertAll(kernels, kernel => CryptoLstm.Create(weights, kernel));
        var fastest = Enumerable.Repeat(double.MaxValue, models.Length).ToArray();
        var probabilities = new float[3];
        foreach (var model in models[..^1])
        {
            for (var call = 0; call < WarmUp; call++)
            {
                model.Forward(window, probabilities);
            }
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < models.Length; i++)
            {
                var started = Stopwatch.GetTimestamp();
                models[i].Forward(window, probabilities);
                // The fastest of several is the one that nobody interrupted.
                fastest[i] = Math.Min(fastest[i], Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        for (var i = 0; i < models.Length - 1; i++)
        {
            Assert.True(
                fastest[^1] / fastest[i] >= Least[kernels[i]],
                $"{kernels[i]} takes {fastest[i]:F3} ms, scalar {fastest[^1]:F3} ms: expected at most a {Least[kernels[i]]}th");
        }
    }

    // Measured: 0.7 of the time with AVX2, as much as alone without. Sums that do not fit in the registers would make it twice as much and more.
    [Fact]
    public void ManyWindows_TakeLessTimeEachThanOneAlone()
    {
        const int count = 15;
        var limit = Vector256.IsHardwareAccelerated ? 0.9 : 1.2;
        var model = CryptoLstm.Create(new RandomModel(seed: 1).Weights(128, 64, 32));
        var windows = new RandomModel(seed: 2).Uniform(count * 90 * RandomModel.Inputs, 2);
        var window = windows.Length / count;
        var probabilities = new float[count * 3];
        var (alone, together) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        // The runtime replaces the code of the batch by a faster one after some calls, and the first rounds may all be before that.
        for (var round = 0; round < 8 * Rounds; round++)
        {
            // As many windows in each of the two, so that what interrupts one is as likely to interrupt the other.
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                model.Forward(windows.AsSpan(i * window, window), probabilities.AsSpan(3 * i, 3));
            }

            var between = Stopwatch.GetTimestamp();
            model.ForwardMany(windows, count, probabilities);
            together = new[] { together, Stopwatch.GetElapsedTime(between) }.Min();
            alone = new[] { alone, Stopwatch.GetElapsedTime(started, between) }.Min();
        }

        Assert.True(
            together < limit * alone,
            $"{count} windows take {together.TotalMilliseconds:F3} ms in a batch, {alone.TotalMilliseconds:F3} ms one after another");
    }
}

/// <summary>Tests beside which no other one runs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
