using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Records;

/// <summary>Section <c>Records</c>: predictions kept in the database.</summary>
internal sealed class RecordsOptions
{
    public const string Section = "Records";

    /// <summary>How long a prediction is kept; null for ever.</summary>
    public TimeSpan? KeepFor { get; set; }
}

internal sealed class RecordsOptionsValidator : IValidateOptions<RecordsOptions>
{
    public ValidateOptionsResult Validate(string? name, RecordsOptions options) => options.KeepFor is { } kept && (kept < TimeSpan.FromDays(1) || kept > TimeSpan.FromDays(36_500))
        ? ValidateOptionsResult.Fail($"Records:KeepFor is '{kept}': expected a day to a hundred years, such as 365.00:00:00, or nothing to keep all")
        : ValidateOptionsResult.Success;
}
