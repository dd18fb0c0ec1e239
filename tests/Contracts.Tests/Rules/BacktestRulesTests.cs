namespace Coinsphere.Messaging.Contracts.Tests.Rules;

public class BacktestRulesTests
{
    private readonly RequestRules _rules = new(new SymbolCatalog(["BTC", "MATIC"], [new("POL", "MATIC")]), FakeTime.At("2025-10-12T23:59:59Z"));

    [Fact]
    public void Request_IsNormalised()
    {
        Assert.Equal(
            new BacktestQuery("MATIC", "14d", new DateOnly(2024, 1, 1), new DateOnly(2024, 12, 31)),
            _rules.Check(new BacktestRequested(" pol", "14D") { From = "2024-01-01", To = "2024-12-31", DeadlineMs = 5 }).Answer);
        Assert.Equal(new BacktestQuery("BTC", "7d", null, null), _rules.Check(new BacktestRequested("btc")).Answer);
    }

    [Theory]
    [InlineData("2020-01-01", "2024-12-31")]
    [InlineData("2020-10-13", "2025-10-12")]
    [InlineData("2020-10-13", null)]
    [InlineData(null, "1970-01-01")]
    [InlineData("2024-02-29", "2024-02-29")]
    public void Days_AreTaken(string? from, string? to) => Assert.NotNull(_rules.Check(new BacktestRequested("BTC") { From = from, To = to }).Answer);

    [Theory]
    [InlineData("2020-01-01", "2025-01-01", "a backtest has at most 5 years, found 2020-01-01 to 2025-01-01: ask for the rest in another request")]
    [InlineData("2020-10-12", null, "a backtest has at most 5 years, found 2020-10-12 to 2025-10-12: ask for the rest in another request")]
    [InlineData("0001-01-01", null, "from must not lie before 1970-01-01, found 0001-01-01")]
    [InlineData(null, "0001-01-01", "to must not lie before 1970-01-01, found 0001-01-01")]
    [InlineData("2025-01-02", "2025-01-01", "from must not be later than to, found 2025-01-02 and 2025-01-01")]
    [InlineData("2025-10-13", null, "from must not lie in the future: it is 2025-10-12 in UTC, found 2025-10-13")]
    [InlineData("2025-01-01", "9999-12-31", "to must not lie in the future: it is 2025-10-12 in UTC, found 9999-12-31")]
    [InlineData("9999-12-31", "9999-12-31", "to must not lie in the future: it is 2025-10-12 in UTC, found 9999-12-31")]
    [InlineData("01.01.2025", null, "from must be a UTC date of the form YYYY-MM-DD, found '01.01.2025'")]
    [InlineData(null, "2025-02-30", "to must be a UTC date of the form YYYY-MM-DD, found '2025-02-30'")]
    [InlineData("2025-10-13", "2025-10-01", "from must not be later than to, found 2025-10-13 and 2025-10-01")]
    public void OtherDays_AreRefused(string? from, string? to, string detail) => Assert.Equal(
        new RequestRefused(RefusalReason.InvalidRequest, detail), _rules.Check(new BacktestRequested("BTC") { From = from, To = to }).Refusal);

    [Fact]
    public void SymbolTimeframeAndDeadline_AreThoseOfPredictions()
    {
        Assert.Equal(RefusalReason.UnsupportedSymbol, _rules.Check(new BacktestRequested("SHIB")).Refusal?.Reason);
        Assert.Equal(RefusalReason.InvalidRequest, _rules.Check(new BacktestRequested(null!)).Refusal?.Reason);
        Assert.Equal(RefusalReason.UnsupportedTimeframe, _rules.Check(new BacktestRequested("BTC", "1h")).Refusal?.Reason);
        Assert.Equal(RefusalReason.InvalidRequest, _rules.Check(new BacktestRequested("BTC") { DeadlineMs = 0 }).Refusal?.Reason);
    }
}
