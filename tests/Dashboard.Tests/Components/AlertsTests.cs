using Bunit;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Dashboard.Components.Pages;
using Coinsphere.Messaging.Dashboard.Tests.Hosts;
using Microsoft.AspNetCore.Components;

namespace Coinsphere.Messaging.Dashboard.Tests.Components;

public sealed class AlertsTests : IAsyncLifetime
{
    private static readonly AlertRule Rule = new("r-1", "BTC", AlertConditions.ProbabilityAbove, 60)
    {
        Value = 0.6,
        Class = "bullish",
        Timeframe = "7d",
        Webhook = "https://example.com/<b>hook</b>",
        Deliveries = new(3, 1, 0) { LastError = "status 500" },
    };

    private Page _page = null!;

    public async ValueTask InitializeAsync()
    {
        _page = await Page.OpenAsync();
        _page.Service.Rules = [Rule];
        _page.Service.Alerts.Add(new("a-1", "r-1", "BTC", Answers.Now, 0.68, 0.6)
        {
            When = AlertConditions.ProbabilityAbove,
            Message = "BTC: <script>alert(1)</script>",
        });
    }

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public async Task RulesAndWhatTheyRaised_AreForEveryReader()
    {
        var alerts = await ShowAsync(isOwnMachine: false);
        Assert.Equal(
            ["2025-10-12 14:30:00 UTC", "BTC", "BTC: <script>alert(1)</script>", "r-1"],
            alerts.FindAll(".raised tbody tr > *").Select(cell => cell.TextContent));
        Assert.Equal(
            [
                "r-1", "BTC", "the probability of a direction is above 60.0 %, bullish, over 7 days", "60 min",
                "https://example.com/<b>hook</b> 3 delivered, 1 waiting, 0 given up; last error: status 500",
            ],
            alerts.FindAll(".rules tbody tr > *").Select(cell => cell.TextContent.Trim()));
        Assert.Empty(alerts.FindAll("script, b, button, form"));
        Assert.Contains("only by a browser on the machine of the page", alerts.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceWithoutRecords_SaysSo()
    {
        _page.Service.Rules = null;
        var alerts = await _page.ShowAsync<Alerts>();
        await alerts.WaitForStateAsync(() => alerts.FindAll(".refused").Count == 2);
        Assert.Equal("No alerts: this service records no predictions records_unavailable", alerts.Find(".refused").TextContent);
    }

    [Fact]
    public async Task NewRule_IsMadeAndItsSecretShownOnce()
    {
        var alerts = await ShowAsync();
        await FillAsync(alerts, "rule-symbol", " eth ");
        await FillAsync(alerts, "rule-when", AlertConditions.RiskScoreAbove);
        await FillAsync(alerts, "rule-value", "70");
        await FillAsync(alerts, "rule-webhook", "https://example.com/hook");
        await alerts.Find("form").SubmitAsync();
        await alerts.WaitForStateAsync(() => alerts.FindAll(".rules tbody tr").Count == 2);
        await alerts.WaitForStateAsync(() => alerts.FindAll("[role=alert]").Count == 1);
        Assert.Equal("Rule new is stored.", alerts.Find("[role=alert]").TextContent.Trim());
        Assert.Equal("whsec_once", alerts.Find(".secret").TextContent);
        var made = _page.Service.Rules!.Single(rule => rule.Id == "new");
        Assert.Equal(("eth", AlertConditions.RiskScoreAbove, 70, null, null), (made.Symbol, made.When, made.Value, made.Class, made.Timeframe));

        await Button(alerts, "Test the webhook of rule new").ClickAsync(new());
        await alerts.WaitForStateAsync(() => alerts.FindAll(".banner.good").Count == 1);
        Assert.Contains("accepted the test event with status 200", alerts.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(alerts.FindAll(".secret"));
    }

    [Fact]
    public async Task Rule_IsChangedWithWhatItHad()
    {
        var alerts = await ShowAsync();
        await Button(alerts, "Change rule r-1").ClickAsync(new());
        await alerts.WaitForStateAsync(() => alerts.FindAll("[name=rule-value]").Count == 1);
        Assert.Equal("0.6", alerts.Find("[name=rule-value]").GetAttribute("value"));
        await FillAsync(alerts, "rule-value", "0.75");
        await alerts.Find("form").SubmitAsync();
        await alerts.WaitForStateAsync(() => alerts.Find(".rules tbody tr").TextContent.Contains("75.0 %", StringComparison.Ordinal));
        Assert.Equal(Rule with { Value = 0.75, Deliveries = null }, Assert.Single(_page.Service.Rules!));
    }

    [Fact]
    public async Task Removal_IsAskedForTwice()
    {
        var alerts = await ShowAsync();
        await Button(alerts, "Remove rule r-1").ClickAsync(new());
        Assert.Single(_page.Service.Rules!);
        await alerts.WaitForElementAsync("button[aria-label='Remove rule r-1 for good']");
        await Button(alerts, "Remove rule r-1 for good").ClickAsync(new());
        await alerts.WaitForStateAsync(() => alerts.FindAll(".rules").Count == 0);
        Assert.Empty(_page.Service.Rules!);
        Assert.Single(alerts.FindAll(".raised tbody tr"));
    }

    [Fact]
    public async Task Refusal_IsShownAsWhatItIs()
    {
        _page.Service.ChangeRefusal = new(RefusalReason.NotAllowed, "alert rules can be changed only where the gateway is bound to <i>loopback</i>");
        var alerts = await ShowAsync();
        await FillAsync(alerts, "rule-symbol", "BTC");
        await alerts.Find("form").SubmitAsync();
        await alerts.WaitForStateAsync(() => alerts.FindAll("[role=alert]").Count == 1);
        Assert.Equal(
            "Not done: alert rules can be changed only where the gateway is bound to <i>loopback</i>. not_allowed",
            alerts.Find("[role=alert]").TextContent.Trim());
        Assert.Empty(alerts.FindAll("i"));
    }

    [Fact]
    public async Task Webhook_ThatFailsIsShownWithItsReason()
    {
        _page.Service.Tested = new(false, 500, 12, "status 500");
        var alerts = await ShowAsync();
        await Button(alerts, "Test the webhook of rule r-1").ClickAsync(new());
        await alerts.WaitForStateAsync(() => alerts.FindAll(".banner.bad").Count == 1);
        Assert.Equal("The webhook of rule r-1 did not accept the test event: status 500", alerts.Find("[role=alert]").TextContent.Trim());
    }

    [Theory]
    [InlineData("rule-value", "much", "The value is 'much': expected a number such as 0.6.")]
    [InlineData("rule-quiet", "an hour", "The quiet time is 'an hour': expected whole minutes such as 60.")]
    public async Task NumberThatIsNone_IsNotSent(string field, string text, string said)
    {
        var alerts = await ShowAsync();
        await FillAsync(alerts, "rule-when", AlertConditions.RiskScoreAbove);
        await FillAsync(alerts, "rule-value", "70");
        await FillAsync(alerts, field, text);
        await alerts.Find("form").SubmitAsync();
        await alerts.WaitForStateAsync(() => alerts.FindAll("[role=alert]").Count == 1);
        Assert.Equal(said, alerts.Find("[role=alert]").TextContent.Trim());
        Assert.Single(_page.Service.Rules!);
    }

    [Fact]
    public async Task OpenPage_ShowsANewAlert()
    {
        var alerts = await ShowAsync();
        _page.Service.Alerts.Insert(0, _page.Service.Alerts[0] with { Id = "a-2", Message = "BTC: another" });
        await Until.True(() =>
        {
            _page.Time.Advance(TimeSpan.FromSeconds(1));
            return alerts.FindAll(".raised tbody tr").Count == 2;
        });
    }

    // A field appears once the one before it is taken over.
    private static async Task FillAsync(IRenderedComponent<Alerts> alerts, string name, string text) =>
        await (await alerts.WaitForElementAsync($"[name={name}]")).ChangeAsync(new ChangeEventArgs { Value = text });

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<Alerts> alerts, string label) => alerts.Find($"button[aria-label='{label}']");

    private async Task<IRenderedComponent<Alerts>> ShowAsync(bool isOwnMachine = true)
    {
        var alerts = await _page.ShowAsync<Alerts>(parameters: parameters => parameters.AddCascadingValue("IsOwnMachine", isOwnMachine));
        await alerts.WaitForElementAsync(".rules");
        return alerts;
    }
}
