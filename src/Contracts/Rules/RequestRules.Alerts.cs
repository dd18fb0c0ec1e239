using System.Globalization;

namespace Coinsphere.Messaging.Contracts;

public sealed partial class RequestRules
{
    /// <summary>The longest quiet time of an alert rule: a month.</summary>
    public const int MaxQuietMinutes = 43_200;

    /// <summary>The most rules, or alerts, of a page.</summary>
    public const int MaxAlerts = 500;

    /// <summary>The longest URL of a webhook, in characters.</summary>
    public const int MaxWebhookLength = 2000;

    private const int MaxRuleIdLength = 64;
    private const int MinSecretBytes = 24;
    private const int MaxSecretBytes = 64;
    private const string SecretPrefix = "whsec_";

    private static readonly string[] Classes = ["bearish", "neutral", "bullish"];

    /// <summary>The rule that a request makes, normalised; with an empty id where the request has none.</summary>
    public Result<AlertRule> Check(AlertRulePutRequested request)
    {
        if (request.Id is not null && RuleId(request.Id, "id") is { } wrongId)
        {
            return wrongId;
        }

        var condition = AlertConditions.All.FirstOrDefault(known => string.Equals(known, request.When?.Trim(' '), StringComparison.OrdinalIgnoreCase));
        if (condition is null)
        {
            return Invalid($"when must be one of {string.Join(", ", AlertConditions.All)}, found {CallerText.Quoted(request.When)}");
        }

        if (RuleSymbol(request.Symbol, condition, out var symbol) is { } wrongSymbol)
        {
            return wrongSymbol;
        }

        var wrongClass = Class(request.Class, condition, out var className);
        if ((Threshold(request.Value, condition) ?? wrongClass) is { } wrongValue)
        {
            return wrongValue;
        }

        string? timeframe = null;
        if (AlertConditions.HasTimeframe(condition) ? !Timeframes.TryNormalise(request.Timeframe, out timeframe) : request.Timeframe is not null)
        {
            return AlertConditions.HasTimeframe(condition) ? UnsupportedTimeframe(request.Timeframe) : Superfluous("timeframe", condition);
        }

        if (request.QuietMinutes is not (null or (>= 0 and <= MaxQuietMinutes)))
        {
            return Invalid($"quiet_minutes must be a whole number from 0 to {MaxQuietMinutes}, found {request.QuietMinutes}");
        }

        var wrongWebhook = Webhook(request.Webhook, out var webhook);
        return (wrongWebhook ?? Secret(request.Secret, request.Webhook)) is { } wrongDelivery
            ? wrongDelivery
            : new AlertRule(request.Id ?? "", symbol, condition, request.QuietMinutes ?? AlertRulePutRequested.DefaultQuietMinutes)
            {
                Value = request.Value,
                Class = className,
                Timeframe = timeframe,
                Webhook = webhook,
                Secret = request.Secret,
            };
    }

    /// <summary>The refusal of a request for rules, or null; the canonical symbol where it names one.</summary>
    public RequestRefused? Check(AlertRulesRequested request, out string? symbol)
    {
        symbol = null;
        return (request.Id is null ? null : RuleId(request.Id, "id")) ?? Page(request.Limit, request.Offset) ?? Filter(request.Symbol, out symbol);
    }

    /// <summary>The refusal of a request for alerts, or null; the canonical symbol where it names one.</summary>
    public RequestRefused? Check(AlertsRequested request, out string? symbol)
    {
        symbol = null;
        return (request.Rule is null ? null : RuleId(request.Rule, "rule")) ?? Page(request.Limit, request.Offset) ?? Filter(request.Symbol, out symbol);
    }

    /// <summary>The refusal of a text that is not the id of a rule, or null.</summary>
    /// <param name="id">The text.</param>
    /// <param name="name">The field that it was in.</param>
    public static RequestRefused? RuleId(string? id, string name) =>
        id is { Length: >= 1 and <= MaxRuleIdLength } && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? null
            : Invalid($"{name} must be 1 to {MaxRuleIdLength} of a-z, A-Z, 0-9, - and _, found {CallerText.Quoted(id)}");

    private RequestRefused? RuleSymbol(string? text, string condition, out string symbol)
    {
        symbol = AlertRule.EverySymbol;
        if (text?.Trim(' ') == AlertRule.EverySymbol)
        {
            return null;
        }

        if (text is null)
        {
            return Invalid("symbol is missing: expected a text such as \"BTC\", or \"*\" for each symbol");
        }

        if (Symbol(text, out symbol) is { } refusal)
        {
            return refusal with { Detail = $"{refusal.Detail}, or *" };
        }

        var needsModel = AlertConditions.HasTimeframe(condition) || condition == AlertConditions.ModelAlarm;
        return !needsModel || catalog.IsSupported(symbol)
            ? null
            : new(RefusalReason.UnsupportedSymbol, $"{symbol} is not supported: expected * or one of {string.Join(", ", catalog.Supported)}");
    }

    private static RequestRefused? Threshold(double? value, string condition)
    {
        if (!AlertConditions.HasValue(condition))
        {
            return value is null ? null : Superfluous("value", condition);
        }

        var (least, most, unit) = condition switch
        {
            AlertConditions.ProbabilityAbove or AlertConditions.ProbabilityBelow => (0.0, 1.0, "a probability between 0 and 1"),
            AlertConditions.RiskScoreAbove => (0, 100, "a risk score between 0 and 100"),
            AlertConditions.DataOlderThan => (0, 3650, "days, above 0 and below 3650"),
            _ => (0, 10, "a fraction above 0 and below 10: 0.05 is 5 %"),
        };
        return value > least && value < most
            ? null
            : Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"value must be {unit}, {(value is { } found ? $"found {found}" : $"and is missing: {condition} needs one")}"));
    }

    private static RequestRefused? Class(string? text, string condition, out string? className)
    {
        className = null;
        if (!AlertConditions.HasClass(condition))
        {
            return text is null ? null : Superfluous("class", condition);
        }

        className = Classes.FirstOrDefault(known => SameText(known, text));
        return className is null ? Invalid($"class must be one of {string.Join(", ", Classes)}, found {CallerText.Quoted(text)}") : null;
    }

    private static RequestRefused? Webhook(string? text, out string? webhook)
    {
        webhook = null;
        if (text is null)
        {
            return null;
        }

        if (text.Length > MaxWebhookLength || text.Any(char.IsControl) || !Uri.TryCreate(text.Trim(' '), UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            return Invalid($"webhook must be an http or https URL of at most {MaxWebhookLength} characters, found {CallerText.Quoted(text)}");
        }

        if (url.UserInfo.Length > 0)
        {
            // Not repeated: it may hold a password.
            return Invalid("webhook must not have a user or password in its URL: verify the signature instead");
        }

        if (url.Fragment.Length > 0)
        {
            return Invalid($"webhook must not have a fragment, found {CallerText.Quoted(url.Fragment)}");
        }

        webhook = url.AbsoluteUri;
        return null;
    }

    private static RequestRefused? Secret(string? secret, string? webhook)
    {
        if (secret is null)
        {
            return null;
        }

        if (webhook is null)
        {
            return Invalid("secret is given without a webhook: expected both, or neither");
        }

        // Not repeated, since it is one.
        var bytes = new byte[MaxSecretBytes + 1];
        return secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(secret[SecretPrefix.Length..], bytes, out var length) && length is >= MinSecretBytes and <= MaxSecretBytes
            ? null
            : Invalid($"secret must be {SecretPrefix} and the base64 of {MinSecretBytes} to {MaxSecretBytes} bytes; without one the service makes it");
    }

    private RequestRefused? Filter(string? text, out string? symbol)
    {
        symbol = null;
        if (text is null)
        {
            return null;
        }

        var refusal = Symbol(text, out var canonical);
        symbol = refusal is null ? canonical : null;
        return refusal;
    }

    private static RequestRefused? Page(int limit, int offset) =>
        limit is not (>= 1 and <= MaxAlerts) ? Invalid($"limit must be a whole number from 1 to {MaxAlerts}, found {limit}")
        : offset is not (>= 0 and <= MaxOffset) ? Invalid($"offset must be a whole number from 0 to {MaxOffset}, found {offset}")
        : null;

    private static RequestRefused Superfluous(string field, string condition) => Invalid($"{condition} has no {field}: leave it out");

    private static bool SameText(string known, string? text) => string.Equals(known, text?.Trim(' '), StringComparison.OrdinalIgnoreCase);
}
