using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Caching;

namespace Coinsphere.Messaging.Gateway.Tests.Batches;

public class BatchTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task Predictions_ComeInInputOrderUnderTheCallersNames()
    {
        var batch = await PredictAsync("""{"symbols":["SOL","nope","btc","pol","SOL"," eth ",null,"B-C"],"timeframe":"14d"}""");
        Assert.Equal(["SOL", "NOPE", "BTC", "POL", "SOL", "ETH", "", "B-C"], batch.Results.Select(item => item.Symbol));
        Assert.Equal(["SOL", null, "BTC", "MATIC", "SOL", "ETH", null, null], batch.Results.Select(item => item.Answer?.Symbol));
        Assert.Equal(
            [null, RefusalReason.UnsupportedSymbol, null, null, null, null, RefusalReason.UnsupportedSymbol, RefusalReason.UnsupportedSymbol],
            batch.Results.Select(item => item.Refusal?.Reason));
        Assert.Equal(["BTC", "ETH", "MATIC", "SOL"], Asked<PredictRequested>().Select(asked => asked.Symbol).Order(StringComparer.Ordinal));
        Assert.All(Asked<PredictRequested>(), asked => Assert.Equal("14d", asked.Timeframe));
    }

    [Fact]
    public async Task RiskScores_ComeInInputOrder()
    {
        var response = await _client.PostAsync("/risk-score/batch", """{"symbols":["SHIB","B-C","shib","BTC"]}""");
        var batch = JsonSerializer.Deserialize<BatchAnswer<RiskAnswer>>(await response.TextAsync(), StrictJson.Options)!;
        Assert.Equal(["SHIB", "B-C", "SHIB", "BTC"], batch.Results.Select(item => item.Symbol));
        Assert.Equal(["SHIB", null, "SHIB", "BTC"], batch.Results.Select(item => item.Answer?.Symbol));
        Assert.Equal(2, Asked<RiskRequested>().Count());
    }

    [Fact]
    public async Task Duplicates_AreAskedOnce()
    {
        var batch = await PredictAsync("""{"symbols":["BTC","btc"," Btc","BTC"]}""");
        Assert.Equal(4, batch.Results.Count(item => item is { Symbol: "BTC", Answer.Symbol: "BTC" }));
        Assert.Single(gateway.Worker.Asked);
    }

    [Theory]
    [InlineData("/predict/batch", 0)]
    [InlineData("/predict/batch", 201)]
    [InlineData("/risk-score/batch", 0)]
    [InlineData("/risk-score/batch", 201)]
    public async Task BatchOutsideItsSize_IsInvalid(string path, int size)
    {
        var response = await _client.PostAsync(path, Json(Enumerable.Repeat("BTC", size)));
        var problem = await response.ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        Assert.Equal($"a batch has 1 to 200 symbols, found {size}", problem.Detail);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Fact]
    public async Task LargestBatch_IsAnswered()
    {
        var symbols = Enumerable.Range(0, 200).Select(i => $"S{i}").ToArray();
        var response = await _client.PostAsync("/risk-score/batch", Json(symbols));
        var batch = JsonSerializer.Deserialize<BatchAnswer<RiskAnswer>>(await response.TextAsync(), StrictJson.Options)!;
        Assert.Equal(symbols, batch.Results.Select(item => item.Answer?.Symbol));
    }

    [Fact]
    public async Task SlowSymbol_DoesNotSpoilTheOthers()
    {
        gateway.Worker.Predict = asked => asked.Symbol == "ETH" ? null : Hosts.Answers.Prediction(asked.Symbol);
        var batch = await PredictAsync("""{"symbols":["BTC","ETH","SOL"]}""", ("X-Deadline-Ms", "1000"));
        Assert.Equal([null, RefusalReason.DeadlineExceeded, null], batch.Results.Select(item => item.Refusal?.Reason));
        Assert.Equal(["BTC", null, "SOL"], batch.Results.Select(item => item.Answer?.Symbol));
    }

    [Fact]
    public async Task ItemWithoutAnOutcome_IsAskedForOnceMore()
    {
        gateway.Worker.Predict = asked => asked.Symbol == "ETH" && Asked<PredictRequested>().Count(one => one.Symbol == "ETH") == 1
            ? null
            : Hosts.Answers.Prediction(asked.Symbol);
        var batch = await PredictAsync("""{"symbols":["BTC","ETH"]}""", ("X-Deadline-Ms", "3000"));
        Assert.Equal(["BTC", "ETH"], batch.Results.Select(item => item.Answer?.Symbol));
        Assert.Equal(["BTC", "ETH", "ETH"], Asked<PredictRequested>().Select(asked => asked.Symbol).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task WorkerThatThrows_SpoilsItsOwnItemOnly()
    {
        gateway.Worker.Predict = asked => asked.Symbol == "ETH" ? throw new InvalidOperationException() : Hosts.Answers.Prediction(asked.Symbol);
        var batch = await PredictAsync("""{"symbols":["ETH","SOL"]}""");
        Assert.Equal([RefusalReason.InternalError, null], batch.Results.Select(item => item.Refusal?.Reason));
    }

    [Fact]
    public async Task RefusedItem_HasItsReasonAndDetailInTheBody()
    {
        gateway.Worker.Predict = _ => new RequestRefused(RefusalReason.StalePrices, "the last bar of \"BTC\" is old");
        var response = await _client.PostAsync("/predict/batch", """{"symbols":["BTC"]}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            """{"results":[{"symbol":"BTC","refusal":{"reason":"stale_prices","detail":"the last bar of \"BTC\" is old"}}]}""",
            await response.TextAsync());
    }

    [Fact]
    public async Task WrongTimeframe_IsRefusedItemByItem()
    {
        var batch = await PredictAsync("""{"symbols":["BTC","ETH"],"timeframe":"1d"}""");
        Assert.All(batch.Results, item => Assert.Equal(RefusalReason.UnsupportedTimeframe, item.Refusal?.Reason));
    }

    [Fact]
    public async Task CacheHeader_IsAHitWhereEveryAnswerWas()
    {
        var stored = JsonSerializer.SerializeToUtf8Bytes(Hosts.Answers.Risk("AAA"), ContractsJson.Body.RiskAnswer);
        await gateway.StoreAsync(CacheKey.Of(new RiskQuery("AAA", null)), stored);
        Assert.Equal("hit", (await _client.PostAsync("/risk-score/batch", """{"symbols":["AAA","aaa"]}""")).Header("X-Cache"));
        Assert.Equal("miss", (await _client.PostAsync("/risk-score/batch", """{"symbols":["AAA","BBB"]}""")).Header("X-Cache"));
        Assert.Equal("miss", (await _client.PostAsync("/risk-score/batch", """{"symbols":["B-C"]}""")).Header("X-Cache"));
    }

    [Fact]
    public async Task Batch_HasHalfAMinute()
    {
        var before = DateTimeOffset.UtcNow;
        await PredictAsync("""{"symbols":["BTC"]}""");
        Assert.InRange(Asked<PredictRequested>().Single().Deadline!.Value, before.AddSeconds(30), DateTimeOffset.UtcNow.AddSeconds(30));
    }

    private static string Json(IEnumerable<string> symbols) => $$"""{"symbols":{{JsonSerializer.Serialize(symbols)}}}""";

    private IEnumerable<T> Asked<T>() => gateway.Worker.Asked.Cast<T>();

    private async Task<BatchAnswer<PredictionAnswer>> PredictAsync(string json, params (string Name, string Value)[] headers)
    {
        var response = await _client.PostAsync("/predict/batch", json, headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize<BatchAnswer<PredictionAnswer>>(await response.TextAsync(), StrictJson.Options)!;
    }
}
