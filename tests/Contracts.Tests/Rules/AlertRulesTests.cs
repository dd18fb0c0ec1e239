namespace Coinsphere.Messaging.Contracts.Tests.Rules;

public class AlertRulesTests
{
    private readonly RequestRules _rules = new(SymbolCatalog.Default, FakeTime.At("2025-10-12T14:30:00Z"));

    [Fact]
    public void Rule_IsNormalised_AndGetsItsDefaults() => Assert.Equal(
        new AlertRule("", "MATIC", "probability_above", 60) { Value = 0.6, Class = "bullish", Timeframe = "7d", Webhook = "https://example.com/" },
        _rules.Check(new AlertRulePutRequested(" pol ", "Probability_Above")
        {
            Value = 0.6,
            Class = "BULLISH",
            Webhook = "https://example.com",
        }).Answer);

    [Fact]
    public void ConditionWithoutAHorizon_HasNone() => Assert.Equal(
        new AlertRule("mine", "*", "risk_score_above", 0) { Value = 60 },
        _rules.Check(new AlertRulePutRequested("*", "risk_score_above") { Id = "mine", Value = 60, QuietMinutes = 0 }).Answer);

    public static TheoryData<AlertRulePutRequested, string> Wrong { get; } = new()
    {
        { new("BTC", null), "found null" },
        { new("BTC", "price_above"), "when must be one of direction_changed, probability_above" },
        { new(null, "model_alarm"), "symbol is missing: expected a text such as \"BTC\", or \"*\" for each symbol" },
        { new("B TC", "model_alarm"), "'B TC' is not a symbol: expected 1 to 15 of A-Z and 0-9, or *" },
        { new("XMR", "direction_changed"), "XMR is not supported: expected * or one of BTC, ETH" },
        { new("BTC", "direction_changed") { Value = 0.5 }, "direction_changed has no value: leave it out" },
        { new("BTC", "direction_changed") { Class = "bullish" }, "direction_changed has no class: leave it out" },
        { new("BTC", "risk_level_changed") { Timeframe = "7d" }, "risk_level_changed has no timeframe: leave it out" },
        { new("BTC", "probability_above") { Class = "bullish" }, "value must be a probability between 0 and 1, and is missing: probability_above needs one" },
        { new("BTC", "probability_above") { Class = "bullish", Value = 1 }, "value must be a probability between 0 and 1, found 1" },
        { new("BTC", "probability_below") { Class = "bullish", Value = double.NaN }, "value must be a probability between 0 and 1, found NaN" },
        { new("BTC", "probability_above") { Class = "up", Value = 0.5 }, "class must be one of bearish, neutral, bullish, found 'up'" },
        { new("BTC", "volatility_above") { Value = 80 }, "value must be a fraction above 0 and below 10: 0.05 is 5 %, found 80" },
        { new("BTC", "risk_score_above") { Value = 100 }, "value must be a risk score between 0 and 100, found 100" },
        { new("BTC", "data_older_than") { Value = double.PositiveInfinity }, "value must be days, above 0 and below 3650, found Infinity" },
        { new("BTC", "direction_changed") { Timeframe = "1h" }, "timeframe must be one of 7d, 14d, 30d, found '1h'" },
        { new("BTC", "direction_changed") { QuietMinutes = -1 }, "quiet_minutes must be a whole number from 0 to 43200, found -1" },
        { new("BTC", "direction_changed") { Id = "a/b" }, "id must be 1 to 64 of a-z, A-Z, 0-9, - and _, found 'a/b'" },
        { new("BTC", "direction_changed") { Webhook = "file:///etc" }, "webhook must be an http or https URL of at most 2000 characters, found 'file:///etc'" },
        { new("BTC", "direction_changed") { Webhook = "https://me:secret@example.com" }, "webhook must not have a user or password in its URL" },
        { new("BTC", "direction_changed") { Webhook = "https://example.com/#a" }, "webhook must not have a fragment, found '#a'" },
        { new("BTC", "direction_changed") { Webhook = "https://example.com/" + new string('a', 2000) }, "of at most 2000 characters" },
        { new("BTC", "direction_changed") { Secret = "whsec_AAAA" }, "secret is given without a webhook" },
        { new("BTC", "direction_changed") { Webhook = "https://example.com", Secret = "whsec_AAAA" },
            "secret must be whsec_ and the base64 of 24 to 64 bytes" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongRule_IsRefusedWithTheReason(AlertRulePutRequested request, string detail)
    {
        var refusal = _rules.Check(request).Refusal!;

        Assert.Contains(detail, refusal.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", refusal.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void RiskOfAnySymbol_CanBeWatched() =>
        Assert.Equal("XMR", _rules.Check(new AlertRulePutRequested("xmr", "risk_score_above") { Value = 50 }).Answer!.Symbol);

    [Fact]
    public void PagesAndFilters_AreChecked()
    {
        Assert.Null(_rules.Check(new AlertsRequested { Symbol = "pol", Limit = 500 }, out var symbol));
        Assert.Equal("MATIC", symbol);
        Assert.Equal("limit must be a whole number from 1 to 500, found 501", _rules.Check(new AlertsRequested { Limit = 501 }, out _)!.Detail);
        Assert.Equal("offset must be a whole number from 0 to 1000000, found -1", _rules.Check(new AlertRulesRequested { Offset = -1 }, out _)!.Detail);
        Assert.Equal("rule must be 1 to 64 of a-z, A-Z, 0-9, - and _, found ''", _rules.Check(new AlertsRequested { Rule = "" }, out _)!.Detail);
        Assert.Equal(RefusalReason.UnsupportedSymbol, _rules.Check(new AlertRulesRequested { Symbol = "?" }, out _)!.Reason);
    }
}
