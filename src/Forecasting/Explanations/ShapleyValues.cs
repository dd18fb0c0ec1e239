using System.Numerics;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Explanations;

/// <summary>
/// Shapley values of a window's features: what a feature adds to a probability by its actual values instead of its mean over the window, averaged
/// over the orders in which features are added. However few orders are used, the contributions of each add up to the whole difference.
/// </summary>
public static class ShapleyValues
{
    /// <summary>The most model runs for one explanation: six features in all combinations, more features in a few orders.</summary>
    public const int MaxRuns = 64;

    private const int Seed = 1;

    /// <summary>Explains a probability.</summary>
    /// <param name="window">Standardised, row-major [steps, 20].</param>
    /// <param name="probabilities">The probabilities that a model gives windows of that shape, [count, steps, 20]; called once, with at most
    /// <see cref="MaxRuns"/> + 2 of them.</param>
    /// <exception cref="ArgumentException">The window has no whole number of steps.</exception>
    public static Contributions Explain(ReadOnlySpan<float> window, Func<float[], int, IReadOnlyList<double>> probabilities)
    {
        if (window.IsEmpty || window.Length % FeatureNames.Count != 0)
        {
            throw new ArgumentException($"The window has {window.Length} values, expected a multiple of {FeatureNames.Count}.", nameof(window));
        }

        var means = Means(window);
        var moving = Moving(window, means);
        var exact = moving.Length <= int.Log2(MaxRuns);
        var orders = exact ? [] : Orders(moving.Length);
        // Each run is a set of features with their actual values, as bits by their index among those that change; all others have their mean.
        int[] sets = exact ? [.. Enumerable.Range(0, 1 << moving.Length)] : [0, (1 << moving.Length) - 1, .. orders.SelectMany(Prefixes)];
        var results = probabilities(Mix(window, means, moving, sets), sets.Length);
        var bySet = new Dictionary<int, double>();
        for (var run = 0; run < sets.Length; run++)
        {
            bySet[sets[run]] = results[run];
        }

        var values = new double[FeatureNames.Count];
        if (exact)
        {
            All(moving, bySet, values);
        }
        else
        {
            Sampled(moving, orders, bySet, values);
        }

        return new(exact ? "shapley" : "sampled_shapley", bySet[0], bySet[(1 << moving.Length) - 1], values);
    }

    private static float[] Mix(ReadOnlySpan<float> window, float[] means, int[] moving, int[] sets)
    {
        var mixed = new float[sets.Length * window.Length];
        for (var run = 0; run < sets.Length; run++)
        {
            var target = mixed.AsSpan(run * window.Length, window.Length);
            for (var at = 0; at < window.Length; at += FeatureNames.Count)
            {
                means.CopyTo(target[at..]);
                for (var i = 0; i < moving.Length; i++)
                {
                    if ((sets[run] & (1 << i)) != 0)
                    {
                        target[at + moving[i]] = window[at + moving[i]];
                    }
                }
            }
        }

        return mixed;
    }

    private static void All(int[] moving, Dictionary<int, double> bySet, double[] values)
    {
        for (var set = 0; set < 1 << moving.Length; set++)
        {
            for (var i = 0; i < moving.Length; i++)
            {
                if ((set & (1 << i)) == 0)
                {
                    values[moving[i]] += Weight(BitOperations.PopCount((uint)set), moving.Length) * (bySet[set | (1 << i)] - bySet[set]);
                }
            }
        }
    }

    // The share of orders in which a feature comes right after a given number of others: s! (n - 1 - s)! / n!
    private static double Weight(int before, int n)
    {
        var weight = 1.0 / n;
        for (var k = 1; k <= before; k++)
        {
            weight *= (double)k / (n - k);
        }

        return weight;
    }

    // An order and its reverse: what one overestimates for an early feature, the other underestimates.
    private static List<int[]> Orders(int count)
    {
        var random = new Random(Seed);
        int[] order = [.. Enumerable.Range(0, count)];
        var orders = new List<int[]>();
        for (var pair = 0; pair < Math.Max(1, MaxRuns / (2 * count)); pair++)
        {
            random.Shuffle(order);
            orders.Add([.. order]);
            orders.Add([.. Enumerable.Reverse(order)]);
        }

        return orders;
    }

    // The sets that an order passes through, except the empty and the full one.
    private static IEnumerable<int> Prefixes(int[] order)
    {
        var set = 0;
        foreach (var next in order[..^1])
        {
            yield return set |= 1 << next;
        }
    }

    private static void Sampled(int[] moving, List<int[]> orders, Dictionary<int, double> bySet, double[] values)
    {
        foreach (var order in orders)
        {
            var set = 0;
            foreach (var next in order)
            {
                values[moving[next]] += (bySet[set | (1 << next)] - bySet[set]) / orders.Count;
                set |= 1 << next;
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
