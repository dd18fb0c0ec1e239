using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>Binance's spot market: <c>GET /api/v3/klines</c>, a thousand bars a page, since a pair was listed.</summary>
internal sealed class BinanceFeed(HttpClient http) : IMarketFeed
{
    private const int PageSize = 1000;
    private const int InvalidSymbol = -1121;
    private const int QuoteVolume = 7;

    public FeedSource Source => FeedSource.Binance;

    public string Name => "binance";

    public string? Limit => null;

    public async IAsyncEnumerable<IReadOnlyList<Bar>> ReadAsync(
        string pair, DateOnly from, DateOnly through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (from <= through)
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"api/v3/klines?symbol={Uri.EscapeDataString(pair)}&interval=1d&startTime={Milliseconds(from)}&endTime={Milliseconds(through)}"
                    + $"&limit={PageSize}");
            using var reply = await FeedReply.GetAsync(http, Name, path, cancellationToken);
            ThrowIfRefused(reply, pair);
            var bars = Parse(reply.Json, pair, from, reply.LastClosedDay < through ? reply.LastClosedDay.Value : through);
            if (bars.Count > 0)
            {
                yield return bars;
            }

            // The number of entries, not of bars: the last one may be of a day that is not over.
            if (reply.Json.GetArrayLength() < PageSize || bars.Count == 0)
            {
                yield break;
            }

            from = bars[^1].Day.AddDays(1);
        }
    }

    public async Task<string?> WhyNotTradedAsync(string pair, CancellationToken cancellationToken)
    {
        using var reply = await FeedReply.GetAsync(http, Name, $"api/v3/exchangeInfo?symbol={Uri.EscapeDataString(pair)}", cancellationToken);
        ThrowIfRefused(reply, pair);
        return reply.Json.ValueKind == JsonValueKind.Object
            && reply.Json.TryGetProperty("symbols", out var symbols) && symbols.ValueKind == JsonValueKind.Array && symbols.GetArrayLength() > 0
            && symbols[0].ValueKind == JsonValueKind.Object && symbols[0].TryGetProperty("status", out var status)
            && status.ValueKind == JsonValueKind.String && status.GetString() is { } text && text != "TRADING"
            ? $"status {CallerText.Shown(text, most: 20)}"
            : null;
    }

    internal static IReadOnlyList<Bar> Parse(JsonElement klines, string pair, DateOnly from, DateOnly through)
    {
        var json = new FeedJson("binance", pair);
        return json.Bars(klines, from, through, milliseconds => milliseconds % 1000 == 0 ? milliseconds / 1000 : -1, entry => json.Number(entry, QuoteVolume));
    }

    private static void ThrowIfRefused(FeedReply reply, string pair)
    {
        if (reply.Status != HttpStatusCode.BadRequest)
        {
            return;
        }

        var (code, text) = (0, "");
        if (reply.Json.ValueKind == JsonValueKind.Object)
        {
            code = reply.Json.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var read) ? read : 0;
            text = reply.Json.TryGetProperty("msg", out var words) && words.ValueKind == JsonValueKind.String ? words.GetString()! : "";
        }

        var said = string.Create(CultureInfo.InvariantCulture, $"{code} {CallerText.Shown(text, most: 80)}");
        throw code == InvalidSymbol
            ? new UnknownPairException($"binance does not know the pair {pair} ({said})")
            : new InvalidMarketDataException($"binance refuses the request for {pair} ({said})");
    }

    private static long Milliseconds(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();
}

/// <summary>
/// Reads how much of the minute's request weight this address has used, also by other programs, and waits for the next minute before the last fifth.
/// </summary>
internal sealed class BinanceReplyHandler(TimeProvider time) : FeedReplyHandler
{
    private const string UsedWeight = "X-MBX-USED-WEIGHT-1M";

    // Of 6000 a minute.
    private const int MostWeight = 4800;

    private long _pausedUntil;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (new DateTimeOffset(Interlocked.Read(ref _pausedUntil), TimeSpan.Zero) - time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken);
        }

        return await base.SendAsync(request, cancellationToken);
    }

    protected override Task ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Headers.TryGetValues(UsedWeight, out var values)
            && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var used) && used > MostWeight)
        {
            var now = time.GetUtcNow().Ticks;
            Interlocked.Exchange(ref _pausedUntil, now - (now % TimeSpan.TicksPerMinute) + TimeSpan.TicksPerMinute);
        }

        return Task.CompletedTask;
    }
}
