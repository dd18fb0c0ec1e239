using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client.Tests.Http;

/// <summary>What a client makes of servers that are broken, silent, newer, or another's.</summary>
public class HttpPredictionClientTests
{
    private const string Problem = "application/problem+json";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_IsSentWithEachRequest_AndItsRefusalIsAnAnswer()
    {
        await using var server = await OddServer.StartAsync(
            http =>
            {
                var isRight = http.Request.Headers.Authorization == "Bearer cs_1_2";
                (http.Response.StatusCode, http.Response.ContentType) = (401, Problem);
                return http.Response.WriteAsync(
                    $$"""{"type":"about:blank","title":"","status":401,"detail":"{{isRight}}","reason":"unauthenticated","request_id":""}""");
            },
            key: "cs_1_2");

        Assert.Equal(new RequestRefused(RefusalReason.Unauthenticated, "True"), (await server.Client.GetModelsAsync(Stop)).Refusal);
        var watch = await Assert.ThrowsAsync<WatchRefusedException>(async () =>
        {
            await foreach (var seen in server.Client.WatchPredictionsAsync(cancellationToken: Stop))
            {
                Assert.Fail($"{seen}");
            }
        });
        Assert.Equal(new RequestRefused(RefusalReason.Unauthenticated, "True"), watch.Refusal);
    }

    [Theory]
    [InlineData(502, "text/html", "<html><body>Bad Gateway</body></html>", "Bad Gateway")]
    [InlineData(503, "text/plain", "", "the body is empty")]
    [InlineData(404, "application/json", """{"detail":"Not Found"}""", "Not Found")]
    [InlineData(500, "application/json", "null", "null")]
    [InlineData(200, "application/json", "", "the body is empty")]
    [InlineData(200, "text/html", "<html>log in</html>", "log in")]
    [InlineData(200, "application/json", "null", "null")]
    [InlineData(200, "application/json", "{}", "missing required properties")]
    [InlineData(200, "application/json", """{"symbol":"BTC","timefr""", "timefr")]
    [InlineData(200, "application/json", """{"status":"ok"}""", "missing required properties")]
    [InlineData(204, "application/json", "", "the body is empty")]
    public async Task AnswerOfNobodyWeKnow_IsAClearException(int status, string contentType, string body, string shown)
    {
        await using var server = await OddServer.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = contentType;
            if (body.Length > 0)
            {
                await http.Response.WriteAsync(body);
            }
        });
        var calls = new List<Func<Task>>
        {
            () => server.Client.GetPredictionAsync("BTC", cancellationToken: Stop),
            () => server.Client.GetRiskScoreAsync("BTC", cancellationToken: Stop),
            () => server.Client.GetRiskScoreAsync("BTC", 0.1, cancellationToken: Stop),
            () => server.Client.GetPortfolioRiskAsync([new("BTC", 1)], cancellationToken: Stop),
            () => server.Client.GetModelInfoAsync("BTC", Stop),
            () => server.Client.GetModelsAsync(Stop),
            () => server.Client.GetPriceBarsAsync("BTC", cancellationToken: Stop),
            () => server.Client.GetReadinessAsync(Stop),
            () => server.Client.GetHistoryAsync("BTC", cancellationToken: Stop),
            () => server.Client.GetAccuracyAsync("BTC", cancellationToken: Stop),
            () => server.Client.GetBacktestAsync("BTC", cancellationToken: Stop),
            () => server.Client.GetBatchPredictionsAsync(["BTC"], cancellationToken: Stop),
            () => server.Client.GetBatchRiskScoresAsync(["BTC"], cancellationToken: Stop),
        };
        if (status >= 400)
        {
            calls.Add(() => server.Client.ClearModelCacheAsync("BTC", Stop));
        }

        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<PredictionServiceException>(call);
            Assert.Equal((HttpStatusCode)status, failure.StatusCode);
            Assert.Contains("http://127.0.0.1", failure.Message, StringComparison.Ordinal);
            Assert.Contains(shown, failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(status == 200, await server.Client.HealthCheckAsync(Stop));
    }

    [Fact]
    public async Task ServiceThatIsNotReady_SaysWhy()
    {
        await using var server = await OddServer.AnsweringAsync(
            503, "application/json", """{"status":"not_ready","reasons":["workers: no worker has reported lately"],"notes":["slow"]}""");
        var readiness = await server.Client.GetReadinessAsync(Stop);
        Assert.False(readiness.IsReady);
        Assert.Equal(["workers: no worker has reported lately"], readiness.Reasons);
        Assert.Equal(["slow"], readiness.Notes);
    }

    [Theory]
    [InlineData("""{"results":[]}""", "0 outcomes for 1 symbols")]
    [InlineData("""{"results":[{"symbol":"BTC"}]}""", "neither one answer nor one refusal for BTC")]
    [InlineData("""{"results":null}""", "results")]
    public async Task BatchWithHoles_IsAClearException(string body, string shown)
    {
        await using var server = await OddServer.AnsweringAsync(200, "application/json", body);
        var failure = await Assert.ThrowsAsync<PredictionServiceException>(() => server.Client.GetBatchPredictionsAsync(["BTC"], cancellationToken: Stop));
        Assert.Contains(shown, failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<RefusalReason> Reasons => [.. Enum.GetValues<RefusalReason>()];

    [Theory, MemberData(nameof(Reasons))]
    public async Task EveryRefusal_ComesBackAsItself(RefusalReason reason)
    {
        var name = JsonSerializer.Serialize(reason);
        await using var server = await OddServer.AnsweringAsync(
            503, Problem, $$"""{"type":"about:blank","title":"t","status":503,"detail":"why","reason":{{name}},"request_id":"1"}""");
        var refusal = new RequestRefused(reason, "why");
        Assert.Equal(refusal, (await server.Client.GetPredictionAsync("BTC", cancellationToken: Stop)).Refusal);
        Assert.Equal(refusal, (await server.Client.GetBatchRiskScoresAsync(["BTC"], cancellationToken: Stop)).Refusal);
        Assert.Equal(refusal, (await server.Client.GetModelInfoAsync("BTC", Stop)).Refusal);
        Assert.Equal(refusal, await server.Client.ClearModelCacheAsync("BTC", Stop));
        Assert.False(await server.Client.HealthCheckAsync(Stop));
    }

    [Fact]
    public async Task ReasonOfANewerService_IsAnInternalErrorWithItsDetail()
    {
        const string Refusal = """{"reason":"market_closed","detail":"the market is closed","until":"2030-01-01"}""";
        var expected = new RequestRefused(RefusalReason.InternalError, "the market is closed");
        await using var refusing = await OddServer.AnsweringAsync(451, Problem, Refusal);
        Assert.Equal(expected, (await refusing.Client.GetPredictionAsync("BTC", cancellationToken: Stop)).Refusal);
        await using var partly = await OddServer.AnsweringAsync(200, "application/json", $$"""{"results":[{"symbol":"BTC","refusal":{{Refusal}}}]}""");
        Assert.Equal(expected, (await partly.Client.GetBatchPredictionsAsync(["BTC"], cancellationToken: Stop)).Answer?.Results.Single().Refusal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task ServerThatNeverFinishes_IsALateAnswer(bool afterHeaders)
    {
        var timeout = TimeSpan.FromMilliseconds(300);
        await using var server = await OddServer.StartAsync(http => HangAsync(http, afterHeaders), timeout);
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(RefusalReason.DeadlineExceeded, (await server.Client.GetPredictionAsync("BTC", cancellationToken: Stop)).Refusal?.Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(started), timeout - TimeSpan.FromMilliseconds(20), timeout + TimeSpan.FromSeconds(5));
        Assert.Equal(RefusalReason.DeadlineExceeded, (await server.Client.GetBatchPredictionsAsync(["BTC"], cancellationToken: Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.DeadlineExceeded, (await server.Client.ClearModelCacheAsync("BTC", Stop))?.Reason);
        Assert.False(await server.Client.HealthCheckAsync(Stop));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task CancelledWait_ThrowsAtOnce(bool afterHeaders)
    {
        var asked = new TaskCompletionSource();
        await using var server = await OddServer.StartAsync(http =>
        {
            asked.TrySetResult();
            return HangAsync(http, afterHeaders);
        });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var call = server.Client.GetPredictionAsync("BTC", cancellationToken: caller.Token);
        await asked.Task.WaitAsync(Stop);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(10), Stop));
    }

    [Fact]
    public async Task NobodyThere_IsAClearException()
    {
        await using var server = await OddServer.AnsweringAsync(200, "application/json", "{}");
        await server.StopAsync();
        await AssertNobodyAsync(server.Client);
        await using var hangingUp = await OddServer.StartAsync(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        await AssertNobodyAsync(hangingUp.Client);
    }

    [Fact]
    public async Task AnswerWithoutEnd_IsCutOff()
    {
        await using var server = await OddServer.StartAsync(async http =>
        {
            var chunk = new byte[1 << 20];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
            }
        });
        await Assert.ThrowsAsync<PredictionServiceException>(() => server.Client.GetPredictionAsync("BTC", cancellationToken: Stop));
    }

    [Fact]
    public async Task Request_HasPathBodyAndDeadline()
    {
        var asked = new List<(string Method, string Path, string Deadline, string Body)>();
        await using var server = await OddServer.StartAsync(
            async http =>
            {
                using var reader = new StreamReader(http.Request.Body);
                asked.Add((http.Request.Method, http.Request.Path, http.Request.Headers["X-Deadline-Ms"].ToString(), await reader.ReadToEndAsync(Stop)));
                http.Response.StatusCode = 503;
                await http.Response.WriteAsync("""{"reason":"overloaded","detail":""}""", Stop);
            },
            TimeSpan.FromMilliseconds(12_345.6), "/ml");
        await server.Client.GetPredictionAsync("btc", "14d", new DateOnly(2024, 6, 30), cancellationToken: Stop);
        await server.Client.GetRiskScoreAsync("BTC", cancellationToken: Stop);
        await server.Client.GetRiskScoreAsync("BTC", 0.1, new DateOnly(2024, 6, 30), Stop);
        await server.Client.GetPortfolioRiskAsync([new("BTC", 0.6), new("ETH", null)], new DateOnly(2024, 6, 30), Stop);
        await server.Client.GetBatchPredictionsAsync(["BTC", "ETH"], cancellationToken: Stop);
        await server.Client.GetBatchRiskScoresAsync(["BTC"], cancellationToken: Stop);
        await server.Client.GetModelInfoAsync("BTC", Stop);
        await server.Client.ClearModelCacheAsync("BTC", Stop);
        await server.Client.HealthCheckAsync(Stop);
        Assert.Equal(
            [
                ("POST", "/ml/predict", "12346", """{"symbol":"btc","timeframe":"14d","asOf":"2024-06-30"}"""),
                ("POST", "/ml/risk-score", "12346", """{"symbol":"BTC"}"""),
                ("POST", "/ml/risk-score", "12346", """{"symbol":"BTC","asOf":"2024-06-30","portfolio_allocation":0.1}"""),
                (
                    "POST", "/ml/risk-score/portfolio", "12346",
                    """{"holdings":[{"symbol":"BTC","weight":0.6},{"symbol":"ETH"}],"asOf":"2024-06-30"}"""),
                ("POST", "/ml/predict/batch", "12346", """{"symbols":["BTC","ETH"],"timeframe":"7d"}"""),
                ("POST", "/ml/risk-score/batch", "12346", """{"symbols":["BTC"]}"""),
                ("GET", "/ml/models/BTC", "12346", ""),
                ("DELETE", "/ml/models/BTC/cache", "12346", ""),
                ("GET", "/ml/health", "12346", ""),
            ],
            asked);
    }

    private static async Task AssertNobodyAsync(IPredictionClient client)
    {
        var failure = await Assert.ThrowsAsync<PredictionServiceException>(() => client.GetPredictionAsync("BTC", cancellationToken: Stop));
        Assert.Contains("/predict got no answer", failure.Message, StringComparison.Ordinal);
        Assert.Null(failure.StatusCode);
        Assert.False(await client.HealthCheckAsync(Stop));
    }

    private static async Task HangAsync(HttpContext http, bool afterHeaders)
    {
        if (afterHeaders)
        {
            await http.Response.WriteAsync("{", http.RequestAborted);
        }

        var aborted = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }

    [Fact]
    public async Task Records_AreAskedForAsWritten()
    {
        var asked = new List<string>();
        await using var server = await OddServer.StartAsync(async http =>
        {
            asked.Add(http.Request.Path + http.Request.QueryString);
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(http.Request.Path.Value!.EndsWith("history", StringComparison.Ordinal)
                ? """{"symbol":"BTC","history":[],"total":7}"""
                : """{"symbol":"BTC","period":"last 9 days","totalPredictions":2,"correctPredictions":1,"accuracy":50,"averageAccuracyScore":null"""
                    + ""","averagePriceError":null,"byTimeframe":{"7d":{"total":2,"correct":1,"accuracy":50}},"byDirection":{},"forecasts":0,"brier":null"""
                    + ""","baseRateBrier":null,"baseRateAccuracy":null}""");
        });

        Assert.Equal(7, (await server.Client.GetHistoryAsync(" btc", 3, Stop)).Answer?.Total);
        Assert.Equal(1, (await server.Client.GetAccuracyAsync("BTC", 9, Stop)).Answer?.ByTimeframe["7d"].Correct);
        Assert.Equal(["/api/v1/predictions/%20btc/history?limit=3", "/api/v1/predictions/BTC/accuracy?days=9"], asked);
    }
}
