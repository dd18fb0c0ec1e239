using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>Checks what a caller wants to listen to.</summary>
internal static class StreamQuery
{
    /// <summary>The canonical symbols of a list; a null list means all, and is null.</summary>
    public static RequestRefused? Symbols(this RequestRules rules, StreamChannel channel, IReadOnlyCollection<string?>? names, out HashSet<string>? symbols)
    {
        symbols = null;
        if (names is null)
        {
            return null;
        }

        if (names.Count is 0 or > RequestRules.MaxBatch)
        {
            return new(
                RefusalReason.InvalidRequest, $"symbols must name 1 to {RequestRules.MaxBatch} symbols, found {names.Count}: leave symbols out to get all");
        }

        symbols = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var refusal = channel == StreamChannel.Predictions ? rules.SupportedSymbol(name, out var canonical) : rules.Symbol(name, out canonical);
            if (refusal is not null)
            {
                return refusal;
            }

            symbols.Add(canonical);
        }

        return null;
    }

    /// <summary>The horizons of a list; a null list means all, and is null.</summary>
    public static RequestRefused? Timeframes(string? list, out HashSet<string>? timeframes)
    {
        timeframes = null;
        foreach (var name in list?.Split(',') ?? [])
        {
            if (RequestRules.Timeframe(name, out var timeframe) is { } refusal)
            {
                return refusal;
            }

            (timeframes ??= new HashSet<string>(StringComparer.Ordinal)).Add(timeframe);
        }

        return null;
    }

    /// <summary>The id to resume after; null where there is none.</summary>
    public static RequestRefused? Id(string? text, string name, out StreamEventId? id)
    {
        id = null;
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!StreamEventId.TryParse(text, out var read))
        {
            return new(
                RefusalReason.InvalidRequest, $"{name} must be the id of an event such as 1234-9f86d0818850, found {CallerText.Quoted(text)}");
        }

        id = read;
        return null;
    }
}
