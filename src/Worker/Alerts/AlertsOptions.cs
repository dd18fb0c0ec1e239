using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>Section <c>Alerts</c>: rules, and the alerts that they raise.</summary>
internal sealed class AlertsOptions
{
    public const string Section = "Alerts";

    /// <summary>Whether webhooks may go to loopback, link-local and private addresses. Who makes rules can then reach machines beside this one.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>The most rules that are kept.</summary>
    [Range(0, 100_000)]
    public int MaxRules { get; set; } = 10_000;

    /// <summary>How long alerts stay listed.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(90);
}

internal sealed class AlertsOptionsValidator : IValidateOptions<AlertsOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertsOptions options) =>
        options.KeepFor < TimeSpan.FromDays(2) || options.KeepFor > TimeSpan.FromDays(36_500)
            ? ValidateOptionsResult.Fail($"Alerts:KeepFor is '{options.KeepFor}': expected two days to a hundred years, such as 90.00:00:00")
            : ValidateOptionsResult.Success;
}
