using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Contracts.Tests.Rules;

public class PortfolioRulesTests
{
    private readonly RequestRules _rules = new(SymbolCatalog.Default, FakeTime.At("2025-10-12T14:30:00Z"));

    [Fact]
    public void Holdings_AreNormalisedInTheirOrder()
    {
        var query = _rules.Check(new PortfolioRiskRequested([new(" pol", 0.3), new("btc", 0.7)]) { AsOfSnakeCase = "2024-02-29" }).Answer!;

        Assert.Equal([new WeightedSymbol("MATIC", 0.3), new("BTC", 0.7)], query.Holdings);
        Assert.Equal(new DateOnly(2024, 2, 29), query.AsOf);
    }

    [Theory]
    [InlineData(0.999, true)]
    [InlineData(1.001, true)]
    [InlineData(0.9989, false)]
    [InlineData(1.0011, false)]
    public void Weights_AddUpToOneWithinAThousandth(double sum, bool isValid)
    {
        var refusal = Check(new("BTC", 0.5), new("ETH", sum - 0.5));

        Assert.Equal(isValid ? null : $"the weights of the holdings must add up to 1, within 0.001: their sum is {sum}", refusal?.Detail);
        Assert.Equal(isValid ? null : RefusalReason.InvalidRequest, refusal?.Reason);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void WeightThatIsNotAboveZero_IsInvalid(double weight, string shown) => Assert.Equal(
        new RequestRefused(RefusalReason.InvalidRequest, $"holdings[1].weight must be a number above 0, the share of ETH, found {shown}"),
        Check(new("BTC", 0.5), new("eth", weight)));

    [Theory]
    [InlineData("BTC", "btc", "holdings[0] and holdings[1] are both BTC: expected each symbol once, with its whole weight")]
    [InlineData("MATIC", "POL", "holdings[0] and holdings[1] are both MATIC, as MATIC and POL: expected each symbol once, with its whole weight")]
    public void SymbolTwice_OrUnderTwoNames_IsInvalid(string first, string second, string detail) => Assert.Equal(
        new RequestRefused(RefusalReason.InvalidRequest, detail), Check(new(first, 0.5), new(second, 0.5)));

    [Fact]
    public void MissingParts_AreNamed()
    {
        AssertInvalid("holdings is missing: expected a list such as ", _rules.Check(new PortfolioRiskRequested(null!)).Refusal);
        AssertInvalid("a portfolio has 1 to 50 holdings, found 0", Check());
        AssertInvalid("a portfolio has 1 to 50 holdings, found 51", Check([.. Enumerable.Range(0, 51).Select(i => new PortfolioHolding($"S{i}", 1 / 51.0))]));
        AssertInvalid("holdings[1] is null: expected ", Check(new("BTC", 0.5), null!));
        AssertInvalid("holdings[0]: symbol is missing: expected ", Check(new PortfolioHolding(null!, 1)));
        AssertInvalid("holdings[0].weight is missing: expected ", Check(new PortfolioHolding("BTC", null)));

        static void AssertInvalid(string detail, RequestRefused? refusal)
        {
            Assert.Equal(RefusalReason.InvalidRequest, refusal?.Reason);
            Assert.StartsWith(detail, refusal!.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TextThatIsNoSymbol_AndDaysAndDeadlines_AreRefusedAsElsewhere()
    {
        Assert.Equal(
            new RequestRefused(RefusalReason.UnsupportedSymbol, "holdings[0]: 'B-C' is not a symbol: expected 1 to 15 of A-Z and 0-9"),
            Check(new PortfolioHolding("B-C", 1)));
        var request = new PortfolioRiskRequested([new("BTC", 1)]);
        Assert.Equal(RefusalReason.InvalidAsOf, _rules.Check(request with { AsOf = "soon" }).Refusal?.Reason);
        Assert.Equal(RefusalReason.InvalidRequest, _rules.Check(request with { AsOf = "2024-01-01", AsOfSnakeCase = "2024-01-02" }).Refusal?.Reason);
        Assert.Equal(RefusalReason.InvalidRequest, _rules.Check(request with { DeadlineMs = 0 }).Refusal?.Reason);
    }

    [Fact]
    public void FiftyHoldings_AreValid() => Assert.Null(Check([.. Enumerable.Range(0, 50).Select(i => new PortfolioHolding($"S{i}", 0.02))]));

    // Whatever comes, the outcome is a query with positive weights that add up to one, or a refusal.
    [Fact]
    public void AnyHoldings_AreAQueryOrARefusal() => Prop.ForAll<(string, double)[]>(given =>
    {
        var result = _rules.Check(new PortfolioRiskRequested([.. given.Select(holding => new PortfolioHolding(holding.Item1, holding.Item2))]));
        Assert.True(result.IsRefused
            || (Math.Abs(result.Answer.Holdings.Sum(holding => holding.Weight) - 1) < 0.00101 && result.Answer.Holdings.All(holding => holding.Weight > 0)));
    }).QuickCheckThrowOnFailure();

    private RequestRefused? Check(params PortfolioHolding[] holdings) => _rules.Check(new PortfolioRiskRequested(holdings)).Refusal;
}
