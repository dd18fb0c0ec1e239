using System.Globalization;

namespace Coinsphere.Messaging.MarketStandIn;

/// <summary>
/// Kraken's <c>GET /0/public/OHLC</c> and <c>/0/public/AssetPairs</c>: errors come with status 200, and who asks more than once a second for long is
/// told so.
/// </summary>
internal sealed class KrakenEndpoints(StandInMarket market, TimeProvider time)
{
    private const int MostEntries = 720;
    private const double MostAtOnce = 15;

    private readonly Lock _lock = new();
    private double _counter;
    private DateTimeOffset _last;

    public void Map(WebApplication app)
    {
        app.MapGet("/0/public/OHLC", (string? pair, int? interval, long? since) => Count() ?? Ohlc(pair, interval ?? 1, since ?? 0));
        app.MapGet("/0/public/AssetPairs", (string? pair) => Count() ?? Pairs(pair));
    }

    private IResult Ohlc(string? pair, int interval, long since)
    {
        if (MarketPair.OfKraken(pair ?? "") is not { } known)
        {
            return Error("EQuery:Unknown asset pair");
        }

        if (interval != 1440)
        {
            return Error("EGeneral:Invalid arguments");
        }

        // The newest ones that are closed, and the current one whatever was asked for.
        var bars = market.Series.Of(known).TakeLast(MostEntries + 1).ToArray();
        var entries = bars.Where((bar, i) => i == bars.Length - 1 || Opens(bar) > since)
            .Select(bar => new object[]
            {
                Opens(bar), Text(bar.Open), Text(bar.High), Text(bar.Low), Text(bar.Close), Text(bar.Average), Text(bar.Coins), 1000,
            });
        return Results.Json(new
        {
            error = Array.Empty<string>(),
            result = new Dictionary<string, object> { [Listed(pair!)] = entries, ["last"] = bars.Length > 1 ? Opens(bars[^2]) : 0 },
        });
    }

    private static IResult Pairs(string? pair) => MarketPair.OfKraken(pair ?? "") is null
        ? Error("EQuery:Unknown asset pair")
        : Results.Json(new
        {
            error = Array.Empty<string>(),
            result = new Dictionary<string, object> { [Listed(pair!)] = new { altname = pair, status = "online" } },
        });

    private IResult? Count()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            _counter = Math.Max(0, _counter - (now - _last).TotalSeconds) + 1;
            _last = now;
            return _counter > MostAtOnce ? Error("EGeneral:Too many requests") : null;
        }
    }

    // Kraken answers under a name of its own.
    private static string Listed(string pair) => pair == "XBTUSD" ? "XXBTZUSD" : pair;

    private static IResult Error(string text) => Results.Json(new { error = new[] { text } });

    private static long Opens(MarketBar bar) => new DateTimeOffset(bar.Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds();

    private static string Text(decimal number) => number.ToString("0.00000#####", CultureInfo.InvariantCulture);
}
