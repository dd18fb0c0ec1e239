using System.Globalization;

namespace Coinsphere.Messaging.MarketStandIn;

/// <summary>Binance's <c>GET /api/v3/klines</c> and <c>/api/v3/exchangeInfo</c>, with weights a minute: 429 above the limit, 418 for those who go on.</summary>
internal sealed class BinanceEndpoints(StandInMarket market, TimeProvider time)
{
    private const long MillisecondsOfDay = 86_400_000;

    private readonly Lock _lock = new();
    private long _minute;
    private int _used;
    private int _refused;

    public void Map(WebApplication app)
    {
        app.MapGet("/api/v3/klines", (HttpContext context, string? symbol, string? interval, long? startTime, long? endTime, int? limit) =>
            Weigh(context, 2) ?? Klines(symbol, interval, startTime, endTime, limit ?? 500));
        app.MapGet("/api/v3/exchangeInfo", (HttpContext context, string? symbol) => Weigh(context, 20) ?? Info(symbol));
    }

    private IResult Klines(string? symbol, string? interval, long? startTime, long? endTime, int limit)
    {
        if (MarketPair.OfBinance(symbol ?? "") is not { } pair)
        {
            return InvalidSymbol();
        }

        if (interval != "1d" || limit is < 1 or > 1000)
        {
            return Error(-1120, "Invalid interval.");
        }

        return Results.Json(market.Series.Of(pair)
            .Where(bar => Opens(bar) >= (startTime ?? 0) && Opens(bar) <= (endTime ?? long.MaxValue))
            .Take(limit)
            .Select(bar => new object[]
            {
                Opens(bar), Text(bar.Open), Text(bar.High), Text(bar.Low), Text(bar.Close), Text(bar.Coins), Opens(bar) + MillisecondsOfDay - 1,
                Text(bar.Value), 1000, Text(bar.Coins / 2), Text(bar.Value / 2), "0",
            }));
    }

    private static IResult Info(string? symbol) => MarketPair.OfBinance(symbol ?? "") is { } pair
        ? Results.Json(new
        {
            timezone = "UTC",
            symbols = new[] { new { symbol, status = pair.Last is null ? "TRADING" : "BREAK", baseAsset = pair.Asset.Name, quoteAsset = "USDT" } },
        })
        : InvalidSymbol();

    private IResult? Weigh(HttpContext context, int weight)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var minute = now.ToUnixTimeSeconds() / 60;
            if (minute != _minute)
            {
                (_minute, _used, _refused) = (minute, 0, 0);
            }

            _used += weight;
            context.Response.Headers["X-MBX-USED-WEIGHT-1M"] = _used.ToString(CultureInfo.InvariantCulture);
            if (_used <= market.BinanceWeight)
            {
                return null;
            }

            _refused++;
            context.Response.Headers.RetryAfter = (60 - (now.ToUnixTimeSeconds() % 60)).ToString(CultureInfo.InvariantCulture);
            return Error(-1003, "Too much request weight used.", _refused > 10 ? 418 : 429);
        }
    }

    private static IResult InvalidSymbol() => Error(-1121, "Invalid symbol.");

    private static IResult Error(int code, string msg, int status = 400) => Results.Json(new { code, msg }, statusCode: status);

    private static long Opens(MarketBar bar) => new DateTimeOffset(bar.Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static string Text(decimal number) => number.ToString("0.00000000##", CultureInfo.InvariantCulture);
}
