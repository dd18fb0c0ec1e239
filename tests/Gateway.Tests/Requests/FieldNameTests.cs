using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

/// <summary>A day that is spelled otherwise is read or refused, never ignored.</summary>
public class FieldNameTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private const string Header = "X-Ignored-Fields";

    private readonly HttpClient _client = gateway.Fresh();

    [Theory]
    [InlineData("/predict", "\"symbol\":\"BTC\"")]
    [InlineData("/predict/ensemble", "\"symbol\":\"BTC\"")]
    [InlineData("/predict/batch", "\"symbols\":[\"BTC\"]")]
    [InlineData("/risk-score", "\"symbol\":\"BTC\"")]
    [InlineData("/risk-score/batch", "\"symbols\":[\"BTC\"]")]
    [InlineData("/risk-score/portfolio", "\"holdings\":[{\"symbol\":\"BTC\",\"weight\":1}]")]
    public async Task SnakeCase_IsAskedForAsTheSameDay(string path, string symbol)
    {
        string[] spellings =
        [
            "\"asOf\":\"2024-06-30\"", "\"as_of\":\"2024-06-30\"", "\"asOf\":\"2024-06-30\",\"as_of\":\"2024-06-30\"", "\"asOf\":null,\"as_of\":\"2024-06-30\"",
        ];
        foreach (var given in spellings)
        {
            gateway.Worker.Asked.Clear();
            var response = await _client.PostAsync(path, "{" + symbol + "," + given + "}");
            Assert.True(response.StatusCode == HttpStatusCode.OK, await response.TextAsync());
            Assert.Equal(("2024-06-30", null), Day(Assert.Single(gateway.Worker.Asked)));
            Assert.False(response.Headers.Contains(Header));
        }
    }

    [Theory]
    [InlineData("/api/v1/predictions/BTC?as_of=2024-06-30")]
    [InlineData("/api/v1/predictions/BTC?asOf=2024-06-30")]
    [InlineData("/api/v1/predictions/BTC?asof=2024-06-30")]
    [InlineData("/api/v1/risk/BTC?as_of=2024-06-30&asOf=2024-06-30")]
    public async Task SnakeCaseInAQuery_IsAskedForAsTheSameDay(string path)
    {
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Get, path)).StatusCode);
        Assert.Equal(("2024-06-30", null), Day(Assert.Single(gateway.Worker.Asked)));
    }

    [Theory]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"asOf\":\"2024-06-30\",\"as_of\":\"2024-07-01\"}")]
    [InlineData("/risk-score", "{\"symbol\":\"BTC\",\"asOf\":\"2024-06-30\",\"as_of\":\"2024-07-01\"}")]
    public async Task TwoDays_AreRefused(string path, string body)
    {
        var problem = await (await _client.PostAsync(path, body)).ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        Assert.Equal("asOf and as_of name different days, '2024-06-30' and '2024-07-01': give one of them", problem.Detail);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Theory]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"asof\":\"2024-06-30\"}", "asOf is missing: found 'asof', write asOf")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"AsOf\":\"2024-06-30\"}", "asOf is missing: found 'AsOf', write asOf")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"as-of\":\"2024-06-30\"}", "asOf is missing: found 'as-of', write asOf")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"asOfDate\":\"2024-06-30\"}", "asOf is missing: found 'asOfDate', write asOf")]
    [InlineData("/predict", "{\"as_of_date\":\"2024-06-30\",\"symbol\":\"BTC\"}", "asOf is missing: found 'as_of_date', write asOf")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"asOf\":\"2024-06-30\",\"as-of\":\"2024-06-29\"}", "'as-of' is another spelling of asOf, which is given too")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"time_frame\":\"30d\"}", "timeframe is missing: found 'time_frame', write timeframe")]
    [InlineData("/predict/ensemble", "{\"symbol\":\"BTC\",\"ensembleMethod\":\"max_confidence\"}", "write ensemble_method")]
    [InlineData("/predict/batch", "{\"symbols\":[\"BTC\"],\"AS_OF\":\"2024-06-30\"}", "asOf is missing: found 'AS_OF'")]
    [InlineData("/risk-score", "{\"symbol\":\"BTC\",\"portfolioAllocation\":0.5}", "write portfolio_allocation")]
    [InlineData("/risk-score/batch", "{\"symbols\":[\"BTC\"],\"as-of\":\"2024-06-30\"}", "write asOf")]
    [InlineData("/risk-score/batch", "{\"symbols\":[\"BTC\"],\"portfolioAllocation\":0.5}", "write portfolio_allocation")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[{\"symbol\":\"BTC\",\"weight\":1}],\"asof\":\"2024-06-30\"}", "write asOf")]
    [InlineData("/risk-score/portfolio", "{\"Holdings\":[{\"symbol\":\"BTC\",\"weight\":1}]}", "holdings is missing: found 'Holdings', write holdings")]
    public async Task MisspeltField_IsRefusedNamingWhatIsMeant(string path, string body, string detail)
    {
        var problem = await (await _client.PostAsync(path, body)).ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Theory]
    [InlineData("/api/v1/predictions/BTC?as-of=2024-06-30", "asOf is missing: found 'as-of', write asOf")]
    [InlineData("/api/v1/predictions/BTC?asOfDate=2024-06-30", "found 'asOfDate', write asOf")]
    [InlineData("/api/v1/risk/BTC?as--of=2024-06-30", "write asOf")]
    [InlineData("/api/v1/predictions/BTC/accuracy?includeReplays=true", "write include_replays")]
    [InlineData("/api/v1/predictions/BTC/history?off_set=5", "write offset")]
    public async Task MisspeltParameter_IsRefusedNamingWhatIsMeant(string path, string detail)
    {
        var problem = await (await _client.SendAsync(HttpMethod.Get, path)).ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Fact]
    public async Task DayInTheQueryOfARequestWithABody_IsRefused()
    {
        var response = await _client.PostAsync("/predict?as_of=2024-06-30", """{"symbol":"BTC"}""");
        var problem = await response.ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        Assert.Contains("write asOf into the body", problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Theory]
    [InlineData("{\"symbol\":\"BTC\",\"more\":{\"asOf\":1},\"user\":[]}", "more, user")]
    [InlineData("{\"symbol\":\"BTC\",\"a b,c\":1,\"\\u00e4\\r\\nX-Evil: 1\":2}", "a?b?c, ???X-Evil:?1")]
    [InlineData("{\"symbol\":\"BTC\",\"\":1}", "?")]
    public async Task OtherFields_AreIgnoredAndNamed(string body, string named)
    {
        var response = await _client.PostAsync("/predict", body);
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.TextAsync());
        Assert.Equal(named, response.Header(Header));
    }

    [Fact]
    public async Task ManyAndLongNames_AreNamedInPart()
    {
        var fields = string.Concat(Enumerable.Range(0, 40).Select(i => $",\"{new string('x', 1000)}{i}\":{i}"));
        var response = await _client.PostAsync("/predict", $$"""{"symbol":"BTC"{{fields}}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.InRange(response.Header(Header).Length, 100, 600);
        Assert.EndsWith(", ...", response.Header(Header), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/prices?symbols=BTC&currency=EUR", "currency")]
    [InlineData("/api/v1/predictions/BTC?x=1&y=2", "x, y")]
    [InlineData("/models?page=2", "page")]
    [InlineData("/models/BTC?full=1", "full")]
    public async Task OtherParameters_AreIgnoredAndNamed(string path, string named)
    {
        var response = await _client.SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(named, response.Header(Header));
    }

    [Fact]
    public async Task CachedAnswer_IsTheSameForEachSpelling()
    {
        await gateway.StoreAsync(
            Hosting.Caching.CacheKey.Of(new PredictionQuery("BTC", "7d", new DateOnly(2024, 5, 31))), "{\"symbol\":\"BTC\"}"u8.ToArray());
        foreach (var name in (string[])["asOf", "as_of"])
        {
            var response = await _client.PostAsync("/predict", $$"""{"symbol":"BTC","{{name}}":"2024-05-31"}""");
            Assert.Equal("hit", response.Header("X-Cache"));
        }
    }

    private static (string? AsOf, string? SnakeCase) Day(object asked) => asked switch
    {
        PredictRequested request => (request.AsOf, request.AsOfSnakeCase),
        EnsemblePredictRequested request => (request.AsOf, request.AsOfSnakeCase),
        PortfolioRiskRequested request => (request.AsOf, request.AsOfSnakeCase),
        _ => (((RiskRequested)asked).AsOf, ((RiskRequested)asked).AsOfSnakeCase),
    };
}
