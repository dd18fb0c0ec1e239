namespace Coinsphere.Messaging.Forecasting.Accuracy;

/// <summary>
/// How much better one forecaster was than another on the same forecasts: the differences of a score, such as the Brier score, by day and horizon. The
/// symbols of a day count together, since they move together. The uncertainty is that of <see cref="BlockBootstrap"/>, with blocks of two horizons.
/// </summary>
public sealed class PairedGains
{
    private readonly SortedDictionary<int, SortedDictionary<DateOnly, DaySum>> _byHorizon = [];

    /// <summary>How many forecasts were added.</summary>
    public int Count { get; private set; }

    /// <summary>The mean gain over all forecasts; null where there is none.</summary>
    public double? Mean => Count == 0 ? null : _byHorizon.Values.Sum(days => days.Values.Sum(day => day.Sum)) / Count;

    /// <summary>The most days that a horizon has from its first to its last.</summary>
    public int Days => _byHorizon.Values.Select(Length).DefaultIfEmpty().Max();

    /// <summary>Days of a horizon's blocks: neighbouring forecasts share most of their horizon, so a block is longer.</summary>
    public static int BlockOf(int horizon) => 2 * horizon;

    /// <summary>Adds a forecast.</summary>
    /// <param name="day">The last day it knew.</param>
    /// <param name="horizon">In days.</param>
    /// <param name="gain">Above 0 where the first forecaster was better.</param>
    public void Add(DateOnly day, int horizon, double gain)
    {
        if (!_byHorizon.TryGetValue(horizon, out var days))
        {
            _byHorizon.Add(horizon, days = []);
        }

        var sum = days.GetValueOrDefault(day);
        days[day] = new(sum.Sum + gain, sum.Count + 1);
        Count++;
    }

    /// <summary>The bounds of each horizon's mean gain. Horizons without more than <see cref="BlockBootstrap.FewestBlocks"/> blocks are left out.</summary>
    /// <param name="level">See <see cref="BlockBootstrap.Of"/>.</param>
    public IReadOnlyDictionary<int, MeanBounds> ByHorizon(double level)
    {
        var bounds = new Dictionary<int, MeanBounds>();
        foreach (var (horizon, days) in _byHorizon)
        {
            if (BlockBootstrap.Of(Consecutive([days]), BlockOf(horizon), level) is { } found)
            {
                bounds.Add(horizon, found);
            }
        }

        return bounds;
    }

    /// <summary>
    /// The bounds of the mean gain over the horizons that have more than <see cref="BlockBootstrap.FewestBlocks"/> blocks, together, with the longest
    /// one's blocks. Null where none has.
    /// </summary>
    /// <param name="level">See <see cref="BlockBootstrap.Of"/>.</param>
    public TogetherBounds? Together(double level)
    {
        int[] horizons = [.. _byHorizon.Where(pair => Length(pair.Value) > BlockBootstrap.FewestBlocks * BlockOf(pair.Key)).Select(pair => pair.Key)];
        if (horizons.Length == 0)
        {
            return null;
        }

        var days = Consecutive([.. horizons.Select(horizon => _byHorizon[horizon])]);
        return BlockBootstrap.Of(days, BlockOf(horizons[^1]), level) is { } bounds ? new(bounds, horizons, days.Length) : null;
    }

    private static int Length(SortedDictionary<DateOnly, DaySum> days) => days.Last().Key.DayNumber - days.First().Key.DayNumber + 1;

    private static DaySum[] Consecutive(IReadOnlyList<SortedDictionary<DateOnly, DaySum>> parts)
    {
        var first = parts.Min(part => part.First().Key.DayNumber);
        var sums = new DaySum[parts.Max(part => part.Last().Key.DayNumber) - first + 1];
        foreach (var (day, sum) in parts.SelectMany(part => part))
        {
            ref var known = ref sums[day.DayNumber - first];
            known = new(known.Sum + sum.Sum, known.Count + sum.Count);
        }

        return sums;
    }
}

/// <summary>The bounds of the mean gain of several horizons.</summary>
/// <param name="Gain">The mean and its bounds.</param>
/// <param name="Horizons">The horizons that count, ascending.</param>
/// <param name="Days">Days from the first forecast to the last.</param>
public sealed record TogetherBounds(MeanBounds Gain, IReadOnlyList<int> Horizons, int Days);
