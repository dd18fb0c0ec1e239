using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>Reads arrays of bars: an exchange writes a bar as an array of numbers and of numbers as texts.</summary>
/// <param name="source">The source's name in messages.</param>
/// <param name="pair">The pair that was asked for.</param>
internal sealed class FeedJson(string source, string pair)
{
    private readonly List<Bar> _bars = [];

    private int _entry;

    /// <summary>The bars of an array, ascending, each checked.</summary>
    /// <param name="array">The array of arrays.</param>
    /// <param name="from">Earlier days are left out.</param>
    /// <param name="through">Later days are left out.</param>
    /// <param name="secondsOf">The start of a bar in seconds since 1970, from the number that the source writes.</param>
    /// <param name="volume">The value traded that day, from the bar's array.</param>
    /// <exception cref="InvalidMarketDataException">The array holds something else.</exception>
    public IReadOnlyList<Bar> Bars(JsonElement array, DateOnly from, DateOnly through, Func<long, long> secondsOf, Func<JsonElement, double> volume)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw Fault("answer", array, "an array of bars");
        }

        DateOnly? before = null;
        foreach (var entry in array.EnumerateArray())
        {
            var day = Day(entry, secondsOf);
            if (before is { } last && day <= last)
            {
                throw Fault("time", entry[0], FormattableString.Invariant($"a day after {last:yyyy-MM-dd}"));
            }

            before = day;
            if (day >= from && day <= through)
            {
                _bars.Add(Checked(new Bar(day, Number(entry, 1), Number(entry, 2), Number(entry, 3), Number(entry, 4), volume(entry))));
            }

            _entry++;
        }

        return _bars;
    }

    /// <summary>A number of a bar's array, written as a number or as a text.</summary>
    public double Number(JsonElement entry, int index)
    {
        if (entry.ValueKind == JsonValueKind.Array && index < entry.GetArrayLength())
        {
            var value = entry[index];
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
            {
                return number;
            }

            if (value.ValueKind == JsonValueKind.String
                && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed))
            {
                return parsed;
            }
        }

        throw Fault($"field {index}", entry, "a number");
    }

    private DateOnly Day(JsonElement entry, Func<long, long> secondsOf)
    {
        if (entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() > 0
            && entry[0].ValueKind == JsonValueKind.Number && entry[0].TryGetInt64(out var written)
            && secondsOf(written) is >= 0 and < 253_402_300_800 and var seconds && seconds % 86_400 == 0)
        {
            return DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime);
        }

        throw Fault("time", entry, "the midnight UTC at which a day begins");
    }

    private Bar Checked(in Bar bar) => BarRules.Check(bar) is { } fault
        ? throw new InvalidMarketDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{source} {pair} day {bar.Day:yyyy-MM-dd}, {fault.Column}: found {fault.Actual:R}, expected {fault.Expected}"))
        : bar;

    private InvalidMarketDataException Fault(string what, JsonElement found, string expected) =>
        new($"{source} {pair} entry {_entry}, {what}: found '{CallerText.Shown(found.GetRawText(), most: 60)}', expected {expected}");
}
