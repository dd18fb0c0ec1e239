using System.Globalization;
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Dashboard.Data;
using Microsoft.AspNetCore.Components;

namespace Coinsphere.Messaging.Dashboard.Components.Pages;

public partial class Alerts
{
    private AlertReport? _report;
    private string? _failure;
    private EditedRule _edited = new();
    private Said? _said;
    private string? _secret;
    private string? _removing;
    private bool _isBusy;

    /// <summary>Whether the browser is on the page's own machine.</summary>
    [CascadingParameter(Name = "IsOwnMachine")] public bool IsOwnMachine { get; set; }

    [Inject] private AlertReports Reports { get; set; } = null!;

    [Inject] private IAlertClient Client { get; set; } = null!;

    // The gateway decides again.
    private bool MayChange => IsOwnMachine && RendererInfo.IsInteractive;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        await LoadAsync();
    }

    /// <inheritdoc/>
    protected override Task ChangedAsync() => LoadAsync();

    private async Task LoadAsync(bool afterChange = false) => (_report, _failure) = await LoadAsync(Reports.GetAsync(afterChange), _report);

    private void Edit(AlertRule rule)
    {
        (_edited, _said, _secret) = (EditedRule.Of(rule), null, null);
    }

    private Task PutAsync()
    {
        var wrong = _edited.ToRequest(out var request);
        if (wrong is not null)
        {
            _said = new(wrong, IsRefusal: true);
            return Task.CompletedTask;
        }

        return ChangeAsync(() => Client.PutAlertRuleAsync(request), rule =>
        {
            (_edited, _secret) = (new(), rule.Secret);
            return new($"Rule {rule.Id} is stored.", IsRefusal: false);
        });
    }

    private Task RemoveAsync(AlertRule rule) => ChangeAsync(() => Client.RemoveAlertRuleAsync(rule.Id), removed =>
    {
        _removing = null;
        return new($"Rule {removed.Id} is removed. What it raised stays listed.", IsRefusal: false);
    });

    private Task TestAsync(AlertRule rule) => ChangeAsync(
        () => Client.TestAlertRuleAsync(rule.Id),
        tested => tested.Delivered
            ? new($"The webhook of rule {rule.Id} accepted the test event with status {tested.Status} in {tested.DurationMs} ms.", IsRefusal: false)
            : new($"The webhook of rule {rule.Id} did not accept the test event: {tested.Error}", IsRefusal: true));

    private async Task ChangeAsync<T>(Func<Task<Result<T>>> change, Func<T, Said> done) where T : class
    {
        (_isBusy, _said, _secret) = (true, null, null);
        try
        {
            var result = await change();
            _said = result.Refusal is { } refusal
                ? new($"Not done: {refusal.Detail}.", IsRefusal: true, RefusalReasonConverter.NameOf(refusal.Reason))
                : done(result.Answer!);
            await LoadAsync(afterChange: true);
        }
        catch (PredictionServiceException failure)
        {
            _said = new($"It is not known whether it was done: {failure.Message}", IsRefusal: true);
        }
        finally
        {
            _isBusy = false;
        }
    }

    /// <summary>What became of a change.</summary>
    private sealed record Said(string Text, bool IsRefusal, string? Code = null);

    /// <summary>The fields of the form.</summary>
    private sealed class EditedRule
    {
        public string? Id { get; private init; }

        public string Symbol { get; set; } = "";

        public string When { get; set; } = AlertConditions.DirectionChanged;

        public string Class { get; set; } = "bullish";

        public string Value { get; set; } = "";

        public string Timeframe { get; set; } = Timeframes.Default;

        public string Quiet { get; set; } = AlertRulePutRequested.DefaultQuietMinutes.ToString(CultureInfo.InvariantCulture);

        public string Webhook { get; set; } = "";

        public static EditedRule Of(AlertRule rule) => new()
        {
            Id = rule.Id,
            Symbol = rule.Symbol,
            When = rule.When,
            Class = rule.Class ?? "bullish",
            Value = rule.Value?.ToString(CultureInfo.InvariantCulture) ?? "",
            Timeframe = rule.Timeframe ?? Timeframes.Default,
            Quiet = rule.QuietMinutes.ToString(CultureInfo.InvariantCulture),
            Webhook = rule.Webhook ?? "",
        };

        /// <summary>What is wrong with a number, or null; everything else is judged by the service.</summary>
        public string? ToRequest(out AlertRulePutRequested request)
        {
            var value = 0.0;
            var isWrong = AlertConditions.HasValue(When) && !double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
            var isQuietWrong = !int.TryParse(Quiet, NumberStyles.None, CultureInfo.InvariantCulture, out var quiet);
            request = new(Symbol.Trim(), When)
            {
                Id = Id,
                Value = AlertConditions.HasValue(When) ? value : null,
                Class = AlertConditions.HasClass(When) ? Class : null,
                Timeframe = AlertConditions.HasTimeframe(When) ? Timeframe : null,
                QuietMinutes = quiet,
                Webhook = string.IsNullOrWhiteSpace(Webhook) ? null : Webhook.Trim(),
            };
            return isWrong ? $"The value is '{Value}': expected a number such as 0.6."
                : isQuietWrong ? $"The quiet time is '{Quiet}': expected whole minutes such as 60."
                : null;
        }
    }
}
