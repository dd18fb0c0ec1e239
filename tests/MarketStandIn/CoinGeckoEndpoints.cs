namespace Coinsphere.Messaging.MarketStandIn;

/// <summary>CoinGecko's <c>GET /api/v3/coins/{id}/market_chart</c> as without a plan: 365 days, a few requests a minute.</summary>
internal sealed class CoinGeckoEndpoints(StandInMarket market, TimeProvider time)
{
    private const int MostAMinute = 30;

    private readonly Lock _lock = new();
    private long _minute;
    private int _asked;

    public void Map(WebApplication app) =>
        app.MapGet("/api/v3/coins/{id}/market_chart", (string id, string? days) => Count() ?? Chart(id, days));

    private IResult Chart(string id, string? days)
    {
        if (MarketAsset.All.Values.FirstOrDefault(asset => asset.Coin == id) is not { } asset)
        {
            return Results.Json(new { error = "coin not found" }, statusCode: 404);
        }

        if (!int.TryParse(days, out var asked) || asked > 365)
        {
            return Results.Json(
                new { error = new { status = new { error_code = 10012, error_message = "Your request exceeds the allowed time range." } } }, statusCode: 401);
        }

        // A value at each midnight, which closes the day before it, and one of now.
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var closed = market.Series.Of(new MarketPair(asset, asset.Listed, null)).SkipLast(1).TakeLast(asked);
        double[][] caps = [.. closed.Select(bar => new[] { Closes(bar), (double)bar.Close * asset.Supply }), [now, 1e9]];
        return Results.Json(new { prices = Array.Empty<double[]>(), market_caps = caps, total_volumes = Array.Empty<double[]>() });
    }

    private IResult? Count()
    {
        lock (_lock)
        {
            var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
            _asked = minute == _minute ? _asked + 1 : 1;
            _minute = minute;
            return _asked > MostAMinute
                ? Results.Json(new { status = new { error_code = 429, error_message = "You've exceeded the Rate Limit." } }, statusCode: 429)
                : null;
        }
    }

    private static double Closes(MarketBar bar) => new DateTimeOffset(bar.Day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();
}
