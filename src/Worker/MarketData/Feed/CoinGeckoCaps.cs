using System.Globalization;
using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// Market caps in USD from CoinGecko: <c>GET /api/v3/coins/{id}/market_chart</c>, 365 days where no plan is paid for. The value at a midnight is that
/// of the day before it, at its close.
/// </summary>
internal sealed class CoinGeckoCaps(HttpClient http)
{
    private const string Name = "coingecko";

    // What the free plan serves.
    private const int Days = 365;

    /// <summary>The market caps by day.</summary>
    /// <exception cref="FeedUnavailableException">CoinGecko cannot be asked now.</exception>
    /// <exception cref="UnknownPairException">It does not know the coin.</exception>
    public async Task<IReadOnlyDictionary<DateOnly, double>> ReadAsync(string coin, CancellationToken cancellationToken)
    {
        var path = string.Create(
            CultureInfo.InvariantCulture, $"api/v3/coins/{Uri.EscapeDataString(coin)}/market_chart?vs_currency=usd&days={Days}&interval=daily");
        using var reply = await FeedReply.GetAsync(http, Name, path, cancellationToken);
        return Parse(reply.Json, coin);
    }

    internal static Dictionary<DateOnly, double> Parse(JsonElement json, string coin)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("market_caps", out var caps) || caps.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidMarketDataException(
                $"coingecko {coin}: found '{CallerText.Shown(json.GetRawText(), most: 60)}', expected an object with market_caps");
        }

        var byDay = new Dictionary<DateOnly, double>();
        foreach (var entry in caps.EnumerateArray())
        {
            // The last entry is of now. Days without a value have null.
            if (entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2
                && entry[0].ValueKind == JsonValueKind.Number && entry[0].TryGetInt64(out var milliseconds)
                && milliseconds is > 0 and < 253_402_300_800_000 && milliseconds % 86_400_000 == 0
                && entry[1].ValueKind == JsonValueKind.Number && entry[1].TryGetDouble(out var cap) && cap is > 0 and < 1e30)
            {
                byDay[DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime).AddDays(-1)] = cap;
            }
        }

        return byDay;
    }
}

/// <summary>CoinGecko answers 404 for a coin that it does not know.</summary>
internal sealed class CoinGeckoReplyHandler : FeedReplyHandler
{
    protected override Task ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) => response.StatusCode == HttpStatusCode.NotFound
        ? throw new UnknownPairException($"coingecko does not know {response.RequestMessage?.RequestUri?.AbsolutePath}: set its id by Feed:CoinGecko:Ids")
        : Task.CompletedTask;
}
