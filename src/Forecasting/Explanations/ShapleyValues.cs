using System.Numerics;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Explanations;

/// <summary>
/// Shapley values of a window's features: what a feature adds to a probability when it takes its own course instead of staying at its mean over the window, averaged over the orders
/// in which features may do so. However few orders are tried, each one's steps add up to the whole difference.
/// </summary>
public static class ShapleyValues
{
    /// <summary>Most runs of the model for one explanation: six features in all combinations, more in a few orders.</summary>
    public const int MaxRuns = 64;

    private const int Seed = 1;

    /// <summary>Explains a probability.</summary>
    /// <param name="window">Standardised, row-major [steps, 20].</param>
    /// <param name="probability">The probability that a model gives a window of that shape; called at most <see cref="MaxRuns"/> + 2 times, with a buffer of its own.</param>
    /// <exception cref="ArgumentException">The window has no whole number of steps.</exception>
    public static Contributions Explain(ReadOnlySpan<float> window, Func<float[], double> probability)
    {
        if (window.IsEmpty || window.Length % FeatureNames.Count != 0)
        {
            throw new ArgumentException($"The window has {window.Length} values, expected a multiple of {FeatureNames.Count}.", nameof(window));
        }

        var means = Means(window);
        var moving = Moving(window, means);
        var course = window.ToArray();
        var mixed = new float[window.Length];
        var (baseline, whole) = (Run([]), Run(moving));
        var values = new double[FeatureNames.Count];
        var exact = moving.Length < int.Log2(MaxRuns) + 1;
        if (exact)
        {
            All(moving, baseline, Run, values);
        }
        else
        {
            Sampled(moving, baseline, whole, Run, values);
        }

        return new(exact ? "shapley" : "sampled_shapley", baseline, whole, values);

        // Those features take their course, all others stay at their mean.
        double Run(ReadOnlySpan<int> features)
        {
            for (var at = 0; at < mixed.Length; at += FeatureNames.Count)
            {
                means.CopyTo(mixed, at);
                foreach (var feature in features)
                {
                    mixed[at + feature] = course[at + feature];
                }
            }

            return probability(mixed);
        }
    }

    private delegate double Runner(ReadOnlySpan<int> features);

    private static void All(int[] moving, double baseline, Runner run, double[] values)
    {
        var n = moving.Length;
        var results = new double[1 << n];
        results[0] = baseline;
        Span<int> picked = stackalloc int[n];
        for (var set = 1; set < results.Length; set++)
        {
            var count = 0;
            for (var i = 0; i < n; i++)
            {
                if ((set & (1 << i)) != 0)
                {
                    picked[count++] = moving[i];
                }
            }

            results[set] = run(picked[..count]);
        }

        for (var set = 0; set < results.Length; set++)
        {
            for (var i = 0; i < n; i++)
            {
                if ((set & (1 << i)) == 0)
                {
                    values[moving[i]] += Weight(BitOperations.PopCount((uint)set), n) * (results[set | (1 << i)] - results[set]);
                }
            }
        }
    }

    // The share of orders in which a feature comes right after that many given others: s! (n - 1 - s)! / n!
    private static double Weight(int before, int n)
    {
        var weight = 1.0 / n;
        for (var k = 1; k <= before; k++)
        {
            weight *= (double)k / (n - k);
        }

        return weight;
    }

    // An order and its reverse: what one gives too much for coming early, the other gives too little.
    private static void Sampled(int[] moving, double baseline, double whole, Runner run, double[] values)
    {
        var pairs = Math.Max(1, MaxRuns / (2 * moving.Length));
        var random = new Random(Seed);
        var order = moving.ToArray();
        for (var pair = 0; pair < pairs; pair++)
        {
            random.Shuffle(order);
            for (var direction = 0; direction < 2; direction++)
            {
                var last = baseline;
                for (var i = 0; i < order.Length; i++)
                {
                    var next = i == order.Length - 1 ? whole : run(order.AsSpan(0, i + 1));
                    values[order[i]] += (next - last) / (2 * pairs);
                    last = next;
                }

                order.AsSpan().Reverse();
            }
        }
    }

    private static float[] Means(ReadOnlySpan<float> window)
    {
        var steps = window.Length / FeatureNames.Count;
        var means = new float[FeatureNames.Count];
        for (var feature = 0; feature < means.Length; feature++)
        {
            var sum = 0.0;
            for (var at = feature; at < window.Length; at += FeatureNames.Count)
            {
                sum += window[at];
            }

            means[feature] = (float)(sum / steps);
        }

        return means;
    }

    private static int[] Moving(ReadOnlySpan<float> window, float[] means)
    {
        var moving = new List<int>();
        for (var feature = 0; feature < means.Length; feature++)
        {
            var moves = false;
            for (var at = feature; at < window.Length && !moves; at += FeatureNames.Count)
            {
                moves = window[at] != means[feature];
            }

            if (moves)
            {
                moving.Add(feature);
            }
        }

        return [.. moving];
    }
}
