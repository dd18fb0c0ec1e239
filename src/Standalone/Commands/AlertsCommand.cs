using System.CommandLine;
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>alerts list|rules|add|remove|test</c>: the alert rules of a running service, and what they raised.</summary>
internal static class AlertsCommand
{
    private static readonly Uri DefaultUrl = new PredictionClientOptions().Url;

    public static Command Create()
    {
        var url = new Option<string?>("--url")
        {
            Description = $"Address of the running service; without it {PredictionClientOptions.UrlKey}, or {DefaultUrl.AbsoluteUri.TrimEnd('/')}",
            Recursive = true,
        };
        url.Validators.Add(given =>
        {
            if (!(Uri.TryCreate(given.GetValueOrDefault<string>(), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            {
                given.AddError($"--url is '{given.GetValueOrDefault<string>()}': expected an http or https URL such as {DefaultUrl}");
            }
        });
        var json = AskCommand.Json();
        json.Recursive = true;
        return new Command("alerts", "Alert rules of a running service, and the alerts that they raised")
        {
            url, json, List(url, json), Rules(url, json), Add(url, json), Remove(url, json), Test(url, json),
        };
    }

    private static Command List(Option<string?> url, Option<bool> json)
    {
        var symbol = new Option<string?>("--symbol") { Description = "Only alerts of this symbol" };
        var rule = new Option<string?>("--rule") { Description = "Only alerts of the rule of this id" };
        var limit = Limit("The most alerts to list, the newest first", AlertsRequested.DefaultLimit);
        var command = new Command("list", "List the alerts that were raised, the newest first") { symbol, rule, limit };
        command.SetAction(parsed => AskCommand.RunAsync(
            Target(parsed.GetValue(url)), [""],
            (service, _, stop) => service.Alerts.GetAlertsAsync(
                parsed.GetValue(symbol), parsed.GetValue(rule), parsed.GetValue(limit), cancellationToken: stop),
            (terminal, answers) => Print(terminal, answers[0]), parsed.GetValue(json), parsed));
        return command;
    }

    private static Command Rules(Option<string?> url, Option<bool> json)
    {
        var limit = Limit("The most rules to list, the oldest first", AlertRulesRequested.DefaultLimit);
        var command = new Command("rules", "List the rules") { limit };
        command.SetAction(parsed => AskCommand.RunAsync(
            Target(parsed.GetValue(url)), [""], (service, _, stop) => service.Alerts.GetAlertRulesAsync(parsed.GetValue(limit), cancellationToken: stop),
            (terminal, answers) =>
            {
                Print(terminal, answers[0].Rules);
                terminal.Line(AskCommand.Text($"{answers[0].Rules.Count} of {answers[0].Total} rules"));
            },
            parsed.GetValue(json), parsed));
        return command;
    }

    private static Command Add(Option<string?> url, Option<bool> json)
    {
        var symbol = new Argument<string>("symbol") { Description = "A symbol such as BTC, or '*' for each" };
        symbol.CompletionSources.Add([AlertRule.EverySymbol, .. SymbolCatalog.Default.Supported]);
        var when = new Argument<string>("when") { Description = string.Join(", ", AlertConditions.All) };
        when.CompletionSources.Add([.. AlertConditions.All]);
        var value = new Option<double?>("--value") { Description = "The threshold: a probability, a fraction, a risk score or days, by the condition" };
        var className = new Option<string?>("--class") { Description = "bearish, neutral or bullish, for probabilities" };
        className.CompletionSources.Add(["bearish", "neutral", "bullish"]);
        var timeframe = new Option<string?>("--timeframe") { Description = $"{string.Join(", ", Timeframes.All)}; by default {Timeframes.Default}" };
        timeframe.CompletionSources.Add([.. Timeframes.All]);
        var quiet = new Option<int?>("--quiet-minutes")
        {
            Description = $"Minutes without another alert of the same symbol; by default {AlertRulePutRequested.DefaultQuietMinutes}",
        };
        var webhook = new Option<string?>("--webhook") { Description = "The URL that alerts are posted to" };
        var id = new Option<string?>("--id") { Description = "The id of the rule to make or replace; by default a new one" };
        var command = new Command("add", "Make a rule, or replace the one of an id; prints the webhook's secret, this once")
        {
            symbol, when, value, className, timeframe, quiet, webhook, id,
        };
        command.SetAction(parsed => AskCommand.RunAsync(
            Target(parsed.GetValue(url)), [""],
            (service, _, stop) => service.Alerts.PutAlertRuleAsync(
                new(parsed.GetRequiredValue(symbol), parsed.GetRequiredValue(when))
                {
                    Id = parsed.GetValue(id),
                    Value = parsed.GetValue(value),
                    Class = parsed.GetValue(className),
                    Timeframe = parsed.GetValue(timeframe),
                    QuietMinutes = parsed.GetValue(quiet),
                    Webhook = parsed.GetValue(webhook),
                },
                stop),
            (terminal, answers) =>
            {
                Print(terminal, answers);
                if (answers[0].Secret is { } secret)
                {
                    terminal.Line($"The webhook's secret, shown this once: {secret}");
                }
            },
            parsed.GetValue(json), parsed));
        return command;
    }

    private static Command Remove(Option<string?> url, Option<bool> json)
    {
        var ids = Ids();
        var command = new Command("remove", "Remove rules; their alerts stay listed") { ids };
        command.SetAction(parsed => AskCommand.RunAsync(
            Target(parsed.GetValue(url)), parsed.GetRequiredValue(ids), (service, id, stop) => service.Alerts.RemoveAlertRuleAsync(id, stop),
            (terminal, answers) => terminal.Line($"Removed {string.Join(", ", answers.Select(answer => answer.Id))}"), parsed.GetValue(json), parsed,
            areSymbols: false));
        return command;
    }

    private static Command Test(Option<string?> url, Option<bool> json)
    {
        var ids = Ids();
        var command = new Command("test", "Post a test event to the webhooks of rules") { ids };
        command.SetAction(parsed => AskCommand.RunAsync(
            Target(parsed.GetValue(url)), parsed.GetRequiredValue(ids), (service, id, stop) => service.Alerts.TestAlertRuleAsync(id, stop),
            (terminal, answers) =>
            {
                foreach (var answer in answers)
                {
                    var result = AskCommand.Text($"{(answer.Delivered ? "delivered" : "not delivered")} in {answer.DurationMs} ms");
                    terminal.Line(answer.Error is null ? $"{result}, status {answer.Status}" : $"{result}: {answer.Error}", ToneOf(answer));
                }
            },
            parsed.GetValue(json), parsed, areSymbols: false));
        return command;
    }

    private static void Print(Terminal terminal, AlertHistory answer)
    {
        if (answer.Alerts.Count > 0)
        {
            terminal.Table(["Raised (UTC)", "Rule", "Alert"], answer.Alerts.Select(alert => (IReadOnlyList<Cell>)
            [
                AskCommand.Text($"{alert.RaisedAt:yyyy-MM-dd HH:mm:ss}"), alert.Rule, alert.Message,
            ]));
        }

        terminal.Line(AskCommand.Text($"{answer.Alerts.Count} of {answer.Total} alerts"));
    }

    private static void Print(Terminal terminal, IReadOnlyList<AlertRule> rules)
    {
        if (rules.Count > 0)
        {
            terminal.Table(["Id", "Symbol", "When", "Class", ">Value", "In", ">Quiet (min)", "Webhook", "Deliveries"], rules.Select(Row));
        }

        foreach (var rule in rules.Where(rule => rule.Deliveries?.LastError is not null))
        {
            terminal.Line($"{rule.Id}: {rule.Deliveries!.LastError}", Tone.Warning);
        }
    }

    private static Cell[] Row(AlertRule rule) =>
    [
        rule.Id, rule.Symbol, rule.When, rule.Class ?? "", AskCommand.Text($"{rule.Value}"), rule.Timeframe ?? "",
        AskCommand.Text($"{rule.QuietMinutes}"), rule.Webhook ?? "",
        rule.Deliveries is { } made
            ? new Cell(
                AskCommand.Text($"{made.Delivered} delivered, {made.Waiting} waiting, {made.Parked} parked") + (made.Stopped == true ? ", stopped" : ""),
                made.Parked > 0 ? Tone.Bad : Tone.Plain)
            : new Cell(""),
    ];

    private static Tone ToneOf(WebhookTested answer) => answer.Delivered ? Tone.Good : Tone.Bad;

    private static Argument<string[]> Ids() => new("id") { Description = "Ids of rules", Arity = ArgumentArity.OneOrMore };

    private static Option<int> Limit(string description, int standard) => new("--limit") { Description = description, DefaultValueFactory = _ => standard };

    // A service that runs only for this command would have no rules.
    private static AskedService.Target Target(string? url) => new(
        url is not null ? new Uri(url)
        : string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(PredictionClientOptions.UrlKey)) ? DefaultUrl : null,
        []);
}
