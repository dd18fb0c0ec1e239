using System.Text.Json;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>The commands that ask a service, on their own and against a running one.</summary>
public sealed class AskCommandTests : IAsyncLifetime
{
    private RunningProgram _service = null!;
    private string _url = "";

    public async ValueTask InitializeAsync()
    {
        _service = RunningProgram.Start(
            "Standalone", ["--port", "0"], Repository.Root, [("ENVIRONMENT", null), ("DATABASE_URL", null), ("MODEL_CHECKPOINT_DIR", null)]);
        _url = (await _service.ListeningAsync()).AbsoluteUri;
        using var http = new HttpClient { BaseAddress = new Uri(_url) };
        await Until.True(async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode, () => _service.Output, TimeSpan.FromMinutes(1));
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Predictions_AreATable_AndSyntheticPricesSaySo(bool isOwn)
    {
        var run = await RunAsync(isOwn, "predict", "btc", "ETH", "--timeframe", "14d", "--explain");

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Matches(@"BTC +14d +(bullish|bearish|neutral) +\d+\.\d % ", run.Output);
        Assert.Matches("ETH +14d +", run.Output);
        Assert.Contains("synthetic, invented, to 20", run.Output, StringComparison.Ordinal);
        Assert.Contains("BTC warning: Prices are synthetic", run.Output, StringComparison.Ordinal);
        Assert.Contains("with average features, the rest", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_IsTheServicesOwn_OneDocumentALine_RefusalsToo()
    {
        var run = await RunAsync(isOwn: false, "predict", "BTC", "NOPE", "--json");
        using var http = new HttpClient { BaseAddress = new Uri(_url) };
        using var response = await http.PostAsync("/predict", JsonContent.Create(new { symbol = "BTC" }), TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, run.Code);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        // Cached, so byte by byte the same.
        Assert.Equal(body, lines[0]);
        Assert.Equal("unsupported_symbol", JsonDocument.Parse(lines[1]).RootElement.GetProperty("reason").GetString());
        Assert.StartsWith("NOPE: unsupported_symbol: ", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("risk", "BTC", "risk_score")]
    [InlineData("models", "BTC", "model_version")]
    [InlineData("models", null, "models")]
    public async Task Answers_AreJsonOrTables(string command, string? symbol, string field)
    {
        string[] arguments = symbol is null ? [command] : [command, symbol];
        var json = await RunAsync(isOwn: false, [.. arguments, "--json"]);
        var table = await RunAsync(isOwn: false, arguments);

        Assert.True(JsonDocument.Parse(json.Output).RootElement.TryGetProperty(field, out _));
        Assert.Equal((0, 0, ""), (json.Code, table.Code, table.Errors));
        Assert.Contains("BTC", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table.Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Portfolio_IsATableOfShares(bool isOwn)
    {
        var run = await RunAsync(isOwn, "risk", "--portfolio", "btc=0.6,ETH=0.4");
        var json = await RunAsync(isOwn, "risk", "--portfolio", "BTC=0.6,ETH=0.4", "--json");

        Assert.Equal((0, "", 0, ""), (run.Code, run.Errors, json.Code, json.Errors));
        Assert.Matches(@"BTC +60 % +\d+ +\d+(\.\d)? %", run.Output);
        Assert.Matches(@"95 of 100 weeks lose less than \d+\.\d %; the other 5 lose \d+\.\d % on average\.", run.Output);
        Assert.Contains("synthetic, invented, to 20", run.Output, StringComparison.Ordinal);
        Assert.Contains("BTC: Prices are synthetic", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse(json.Output).RootElement.GetProperty("holdings").GetArrayLength());
    }

    [Theory]
    [InlineData(2, "--portfolio has 'ETH=x': expected SYMBOL=WEIGHT, such as BTC=0.6, and a comma between two", "--portfolio", "BTC=0.6,ETH=x")]
    [InlineData(2, "--portfolio has 'BTC': expected SYMBOL=WEIGHT, such as BTC=0.6, and a comma between two", "--portfolio", "BTC")]
    [InlineData(2, "Expected symbols such as BTC, or --portfolio BTC=0.6,ETH=0.4", "BTC", "--portfolio", "ETH=1")]
    [InlineData(2, "Expected symbols such as BTC, or --portfolio BTC=0.6,ETH=0.4")]
    [InlineData(1, "invalid_request: the weights of the holdings must add up to 1, within 0.001: their sum is 0.8", "--portfolio", "BTC=0.6,ETH=0.2")]
    public async Task WrongPortfolio_IsOneLine(int code, string error, params string[] arguments)
    {
        var run = await RunAsync(isOwn: false, ["risk", .. arguments]);

        Assert.Equal((code, "", error), (run.Code, run.Output, run.Errors.TrimEnd()));
    }

    [Theory]
    [InlineData("history")]
    [InlineData("accuracy")]
    public async Task RecordsWithoutADatabase_AreRefusedInOneLine(string command)
    {
        var run = await RunAsync(isOwn: true, command, "BTC");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith("BTC: records_unavailable: ", run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task UrlOfTheEnvironment_IsAsked_AndAnUnreachableServiceIsOneLine()
    {
        var run = await CommandProcess.RunAsync([("ML_SERVICE_URL", "http://127.0.0.1:1")], "risk", "BTC");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith("POST http://127.0.0.1:1/risk-score got no answer: ", run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task PricesThatAreGiven_AreTheSource_AndWrongOnesAreNamed()
    {
        var run = await CommandProcess.RunAsync("predict", "BTC", "--prices", "/nonexistent");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("is '/nonexistent': expected an existing folder of SYMBOL.csv files", run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private Task<CommandResult> RunAsync(bool isOwn, params string[] arguments) =>
        CommandProcess.RunAsync(isOwn ? arguments : [.. arguments, "--url", _url]);
}
