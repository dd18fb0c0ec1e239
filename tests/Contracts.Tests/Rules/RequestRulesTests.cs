namespace Coinsphere.Messaging.Contracts.Tests.Rules;

public class RequestRulesTests
{
    private const string SupportedList = "BTC, MATIC";

    private readonly RequestRules _rules = new(new SymbolCatalog(["BTC", "MATIC"], [new("POL", "MATIC")]), FakeTime.At("2025-10-12T23:59:59Z"));

    [Fact]
    public void Prediction_IsNormalised() => Assert.Equal(
        new PredictionQuery("MATIC", "14d", new DateOnly(2025, 10, 12)),
        _rules.Check(new PredictRequested(" pol", "14D") { AsOf = "2025-10-12" }).Answer);

    [Fact]
    public void PredictionWithoutTimeframe_IsAskedFor7Days() =>
        Assert.Equal(new PredictionQuery("BTC", "7d", null), _rules.Check(new PredictRequested("btc", null!)).Answer);

    [Fact]
    public void Risk_IsNormalisedAndTakesAnySymbol() => Assert.Equal(
        new RiskQuery("SHIB", new DateOnly(2024, 2, 29)),
        _rules.Check(new RiskRequested("shib") { AsOf = "2024-02-29", PortfolioAllocation = 0.25 }).Answer);

    [Fact]
    public void EitherSpellingOfTheDay_IsTaken()
    {
        var day = new DateOnly(2024, 2, 29);
        Assert.Equal(day, _rules.Check(new PredictRequested("BTC") { AsOfSnakeCase = "2024-02-29" }).Answer!.AsOf);
        Assert.Equal(day, _rules.Check(new EnsemblePredictRequested("BTC") { AsOfSnakeCase = "2024-02-29" }).Answer!.Prediction.AsOf);
        Assert.Equal(day, _rules.Check(new RiskRequested("BTC") { AsOf = "2024-02-29", AsOfSnakeCase = "2024-02-29" }).Answer!.AsOf);
        Assert.Equal(
            new RequestRefused(RefusalReason.InvalidRequest, "asOf and as_of name different days, '2024-02-29' and '2024-02-28': give one of them"),
            _rules.Check(new RiskRequested("BTC") { AsOf = "2024-02-29", AsOfSnakeCase = "2024-02-28" }).Refusal);
    }

    [Fact]
    public void History_IsNormalised() => Assert.Equal(
        new HistoryQuery("MATIC", 7, 14, "14d", new DateOnly(2024, 1, 1), new DateOnly(2024, 12, 31)),
        _rules.Check(new PredictionHistoryRequested("pol", 7) { Offset = 14, Timeframe = "14D", From = "2024-01-01", To = "2024-12-31" }).Answer);

    [Fact]
    public void Ensemble_IsNormalised() => Assert.Equal(
        new EnsembleQuery(new PredictionQuery("BTC", "30d", null), "majority_voting", 0),
        _rules.Check(new EnsemblePredictRequested("btc", "30d") { EnsembleMethod = " Majority_Voting", MinConfidence = 0 }).Answer);

    [Fact]
    public void EnsembleWithoutMethod_IsAWeightedAverageFrom30Percent() => Assert.Equal(
        new EnsembleQuery(new PredictionQuery("BTC", "7d", null), "weighted_average", 0.3),
        _rules.Check(new EnsemblePredictRequested("BTC")).Answer);

    [Fact]
    public void MissingSymbol_IsInvalid() => AssertEachRefuses(
        null, null, null, RefusalReason.InvalidRequest, "symbol is missing: expected a text such as \"BTC\"");

    [Theory]
    [InlineData("", "''")]
    [InlineData("B T C", "'B T C'")]
    [InlineData("BTC\r\nfake log line", "'BTC??fake log line'")]
    [InlineData("🚀", "'??'")]
    [InlineData("0123456789012345678901234567890123456789x", "'0123456789012345678901234567890123456789...'")]
    public void TextThatIsNoSymbol_IsUnsupportedAndShownBounded(string symbol, string shown) => AssertEachRefuses(
        symbol, "7d", null, RefusalReason.UnsupportedSymbol, $"{shown} is not a symbol: expected 1 to 15 of A-Z and 0-9");

    [Fact]
    public void SymbolWithoutPredictions_IsUnsupportedForPredictionsOnly()
    {
        var expected = new RequestRefused(RefusalReason.UnsupportedSymbol, $"SOL is not supported: expected one of {SupportedList}");
        Assert.Equal(expected, _rules.Check(new PredictRequested("sol")).Refusal);
        Assert.Equal(expected, _rules.Check(new EnsemblePredictRequested("sol")).Refusal);
        Assert.False(_rules.Check(new RiskRequested("sol")).IsRefused);
    }

    [Theory]
    [InlineData("1d", "'1d'")]
    [InlineData("", "''")]
    public void OtherTimeframe_IsUnsupported(string timeframe, string shown)
    {
        var expected = new RequestRefused(RefusalReason.UnsupportedTimeframe, $"timeframe must be one of 7d, 14d, 30d, found {shown}");
        Assert.Equal(expected, _rules.Check(new PredictRequested("BTC", timeframe)).Refusal);
        Assert.Equal(expected, _rules.Check(new EnsemblePredictRequested("BTC", timeframe)).Refusal);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("2025-13-01")]
    [InlineData("2025-02-29")]
    [InlineData("2025-1-1")]
    [InlineData("12/10/2025")]
    [InlineData("2025-10-12T00:00:00Z")]
    [InlineData(" 2025-10-12")]
    [InlineData("0000-01-01")]
    public void AsOfThatIsNoDate_IsInvalid(string asOf) => AssertEachRefuses(
        "BTC", "7d", asOf, RefusalReason.InvalidAsOf, $"asOf must be a UTC date of the form YYYY-MM-DD, found '{asOf}'");

    [Theory]
    [InlineData("2025-10-13")]
    [InlineData("9999-12-31")]
    public void AsOfInTheFuture_IsInvalid(string asOf) => AssertEachRefuses(
        "BTC", "7d", asOf, RefusalReason.InvalidAsOf, $"asOf must not lie in the future: it is 2025-10-12 in UTC, found {asOf}");

    [Fact]
    public void AsOfToday_IsTodayInUtcWhateverTheClocksOffset()
    {
        var rules = new RequestRules(SymbolCatalog.Default, FakeTime.At("2025-10-13T01:00:00+02:00"));
        Assert.False(rules.Check(new PredictRequested("BTC") { AsOf = "2025-10-12" }).IsRefused);
        Assert.True(rules.Check(new PredictRequested("BTC") { AsOf = "2025-10-13" }).IsRefused);
    }

    [Theory]
    [InlineData("median", "'median'")]
    [InlineData("", "''")]
    [InlineData(null, "null")]
    public void OtherEnsembleMethod_IsInvalid(string? method, string shown) => Assert.Equal(
        new RequestRefused(RefusalReason.InvalidRequest, $"ensemble_method must be one of weighted_average, majority_voting, max_confidence, found {shown}"),
        _rules.Check(new EnsemblePredictRequested("BTC") { EnsembleMethod = method! }).Refusal);

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(-0.001, "-0.001")]
    [InlineData(1.5, "1.5")]
    public void NumberOutsideZeroToOne_IsInvalid(double number, string shown)
    {
        Assert.Equal(
            new RequestRefused(RefusalReason.InvalidRequest, $"min_confidence must be a number from 0 to 1, found {shown}"),
            _rules.Check(new EnsemblePredictRequested("BTC") { MinConfidence = number }).Refusal);
        Assert.Equal(
            new RequestRefused(RefusalReason.InvalidRequest, $"portfolio_allocation must be a number from 0 to 1, found {shown}"),
            _rules.Check(new RiskRequested("BTC") { PortfolioAllocation = number }).Refusal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void NumberAtTheEndsOfZeroToOne_IsValid(double number)
    {
        Assert.Equal(number, _rules.Check(new EnsemblePredictRequested("BTC") { MinConfidence = number }).Answer?.MinConfidence);
        Assert.False(_rules.Check(new RiskRequested("BTC") { PortfolioAllocation = number }).IsRefused);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public void BatchOutsideItsSize_IsInvalid(int symbols) => Assert.Equal(
        new RequestRefused(RefusalReason.InvalidRequest, $"a batch has 1 to 200 symbols, found {symbols}"), RequestRules.Batch(symbols));

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void BatchWithinItsSize_IsValid(int symbols) => Assert.Null(RequestRules.Batch(symbols));

    // The rule of symbols and dates is the same for each question.
    private void AssertEachRefuses(string? symbol, string? timeframe, string? asOf, RefusalReason reason, string detail)
    {
        var expected = new RequestRefused(reason, detail);
        Assert.Equal(expected, _rules.Check(new PredictRequested(symbol!, timeframe!) { AsOf = asOf }).Refusal);
        Assert.Equal(expected, _rules.Check(new EnsemblePredictRequested(symbol!, timeframe!) { AsOf = asOf }).Refusal);
        Assert.Equal(expected, _rules.Check(new RiskRequested(symbol!) { AsOf = asOf }).Refusal);
    }
}
