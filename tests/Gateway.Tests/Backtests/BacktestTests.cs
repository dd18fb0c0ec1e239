using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Backtests;

/// <summary>Backtests over HTTP.</summary>
public class BacktestTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task Backtest_IsWrittenAsDocumented()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/api/v1/backtest/btc?from=2024-01-01&to=2024-12-31&timeframe=14D");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            """
            {"symbol":"btc","timeframe":"14D","from":"2024-01-01","to":"2024-12-31","days":1,"effective_days":0.14,"hit_rate":1,"base_rate_hit_rate":0.5,
            "brier":0.00001,"base_rate_brier":0.65,"interval_coverage":1,"interval_score":0.2,"ewma_interval_score":0.21,"volatility_qlike":0.3,"ewma_qlike":null,
            "uncertainty":{"hit_rate":{"low":0.4,"high":0.6},"base_rate_hit_rate":null,"brier":null,"base_rate_brier":null,"interval_coverage":null,
            "interval_score":null,"ewma_interval_score":null,"volatility_qlike":null,"ewma_qlike":null,"hit_gain":null,"brier_gain":null,"interval_gain":null,
            "qlike_gain":{"low":-0.00001,"high":0.2}},"replayed_days":0,"learnt_through":"2025-10-11","model_version":"v1.0.0","data_source":"csv",
            "warnings":["1 day is left out"],"daily":[{"day":"2025-10-11","close":45000.00,"target_date":"2025-10-18","actual_close":0.00001234,
            "direction":"bullish","actual_direction":"bearish","probabilities":{"bearish":0.1,"neutral":0.2,"bullish":0.7},
            "interval":{"level":0.9,"low":40000.00,"high":50000.50},"expected_volatility":0.07,"realised_volatility":0.065,"hit":false,"inside":null,
            "replayed":true,"base_rate_hit":null}]}
            """.ReplaceLineEndings(""),
            await response.TextAsync());
        var asked = Assert.IsType<BacktestRequested>(Assert.Single(gateway.Worker.Asked));
        Assert.InRange(asked.DeadlineMs!.Value, 1, 30_000);
        Assert.Equal(new BacktestRequested("btc", "14D") { From = "2024-01-01", To = "2024-12-31" }, asked with { DeadlineMs = null });
    }

    [Fact]
    public async Task Deadline_IsTheCallers()
    {
        await _client.SendAsync(HttpMethod.Get, "/api/v1/backtest/BTC", headers: ("X-Deadline-Ms", "7000"));

        Assert.InRange(Assert.IsType<BacktestRequested>(Assert.Single(gateway.Worker.Asked)).DeadlineMs!.Value, 1, 7000);
    }

    [Theory]
    [InlineData("/api/v1/backtest/BTC?from=2024-01-02&to=2024-01-01", RefusalReason.InvalidRequest, "from must not be later than to")]
    [InlineData("/api/v1/backtest/BTC?from=2010-01-01&to=2024-01-01", RefusalReason.InvalidRequest, "at most 5 years")]
    [InlineData("/api/v1/backtest/BTC?from=2024-1-1", RefusalReason.InvalidRequest, "found '2024-1-1'")]
    [InlineData("/api/v1/backtest/BTC?from=", RefusalReason.InvalidRequest, "from must be a UTC date")]
    [InlineData("/api/v1/backtest/BTC?time_frame=14d", RefusalReason.InvalidRequest, "'time_frame'")]
    [InlineData("/api/v1/backtest/BTC?from_=2024-01-01", RefusalReason.InvalidRequest, "'from_'")]
    [InlineData("/api/v1/backtest/BTC?timeframe=1h", RefusalReason.UnsupportedTimeframe, "found '1h'")]
    [InlineData("/api/v1/backtest/B-C", RefusalReason.UnsupportedSymbol, "'B-C'")]
    public async Task WrongRequest_IsRefusedBeforeAWorkerIsAsked(string path, RefusalReason reason, string detail)
    {
        var status = reason == RefusalReason.InvalidRequest ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.BadRequest;

        var problem = await (await _client.SendAsync(HttpMethod.Get, path)).ProblemAsync(status, reason);

        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Fact]
    public async Task ParameterThatNothingReads_IsNamed()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/api/v1/backtest/BTC?days=5");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("days", Assert.Single(response.Headers.GetValues("X-Ignored-Fields")));
    }

    [Fact]
    public async Task RefusalOfAWorker_IsAProblem()
    {
        gateway.Worker.Backtest = _ => new RequestRefused(RefusalReason.ModelNotTrained, "no model is trained for BTC");

        await (await _client.SendAsync(HttpMethod.Get, "/api/v1/backtest/BTC")).ProblemAsync(HttpStatusCode.NotFound, RefusalReason.ModelNotTrained);
    }
}
