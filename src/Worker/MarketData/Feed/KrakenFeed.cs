using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// Kraken's spot market: <c>GET /0/public/OHLC</c>, which serves the newest 720 days and the current one. It gives the volume in coins and the day's
/// average price weighted by volume; their product is the value traded.
/// </summary>
internal sealed class KrakenFeed(HttpClient http) : IMarketFeed
{
    private const int AveragePrice = 5;
    private const int Volume = 6;

    public FeedSource Source => FeedSource.Kraken;

    public string Name => "kraken";

    public string? Limit => "kraken serves the newest 720 days only";

    public async IAsyncEnumerable<IReadOnlyList<Bar>> ReadAsync(
        string pair, DateOnly from, DateOnly through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Entries later than 'since' are returned.
        var since = new DateTimeOffset(from.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds() - 1;
        var path = string.Create(CultureInfo.InvariantCulture, $"0/public/OHLC?pair={Uri.EscapeDataString(pair)}&interval=1440&since={since}");
        using var reply = await FeedReply.GetAsync(http, Name, path, cancellationToken);
        var result = Result(reply, pair);
        var bars = Parse(result, pair, from, reply.LastClosedDay < through ? reply.LastClosedDay.Value : through);
        if (bars.Count > 0)
        {
            yield return bars;
        }
    }

    public async Task<string?> WhyNotTradedAsync(string pair, CancellationToken cancellationToken)
    {
        using var reply = await FeedReply.GetAsync(http, Name, $"0/public/AssetPairs?pair={Uri.EscapeDataString(pair)}", cancellationToken);
        var asset = Result(reply, pair).EnumerateObject().Select(property => property.Value).FirstOrDefault();
        return asset.ValueKind == JsonValueKind.Object && asset.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String
            && status.GetString() is { } text && text != "online"
            ? $"status {CallerText.Shown(text, most: 20)}"
            : null;
    }

    /// <summary>The bars of a <c>result</c>: the pair under a name that the source chooses, beside <c>last</c>.</summary>
    internal static IReadOnlyList<Bar> Parse(JsonElement result, string pair, DateOnly from, DateOnly through)
    {
        var json = new FeedJson("kraken", pair);
        var bars = result.ValueKind == JsonValueKind.Object
            ? result.EnumerateObject().FirstOrDefault(property => property.Name != "last").Value
            : default;
        return bars.ValueKind == JsonValueKind.Undefined
            ? throw new InvalidMarketDataException($"kraken {pair}: found no bars in the answer, expected them in 'result'")
            : json.Bars(bars, from, through, seconds => seconds, entry => json.Number(entry, AveragePrice) * json.Number(entry, Volume));
    }

    private static JsonElement Result(FeedReply reply, string pair)
    {
        var errors = KrakenReplyHandler.Errors(reply.Json);
        if (errors.Length > 0)
        {
            var said = CallerText.Shown(string.Join(", ", errors), most: 80);
            throw errors.Any(error => error.StartsWith("EQuery:Unknown asset pair", StringComparison.Ordinal))
                ? new UnknownPairException($"kraken does not know the pair {pair} ({said})")
                : new InvalidMarketDataException($"kraken refuses the request for {pair} ({said})");
        }

        return reply.Json.ValueKind == JsonValueKind.Object && reply.Json.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object
            ? result
            : throw new InvalidMarketDataException($"kraken {pair}: found no 'result' in the answer, expected one");
    }
}

/// <summary>Kraken says with status 200 that it is asked too often or is not available. As a status, that is retried like any other source's.</summary>
internal sealed class KrakenReplyHandler : FeedReplyHandler
{
    /// <summary>The texts of an answer's <c>error</c>; empty where it has none.</summary>
    public static string[] Errors(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("error", out var errors) && errors.ValueKind == JsonValueKind.Array
            ? [.. errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.String).Select(error => error.GetString()!)]
            : [];

    protected override async Task ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return;
        }

        // What is no JSON is said by the reader of the answer.
        using var json = FeedReply.TryParse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        foreach (var error in json is null ? [] : Errors(json.RootElement))
        {
            response.StatusCode = error switch
            {
                _ when error.StartsWith("EGeneral:Too many requests", StringComparison.Ordinal) => HttpStatusCode.TooManyRequests,
                _ when error.StartsWith("EAPI:Rate limit", StringComparison.Ordinal) => HttpStatusCode.TooManyRequests,
                _ when error.StartsWith("EService:", StringComparison.Ordinal) => HttpStatusCode.ServiceUnavailable,
                _ when error.StartsWith("EGeneral:Internal", StringComparison.Ordinal) => HttpStatusCode.InternalServerError,
                _ => response.StatusCode,
            };
        }
    }
}
