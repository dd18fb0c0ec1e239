using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Section <c>Records</c>: predictions recorded in the database or a file.</summary>
internal sealed class RecordsOptions
{
    public const string Section = "Records";

    /// <summary>The setting of <see cref="File"/>.</summary>
    public const string FileKey = $"{Section}:{nameof(File)}";

    /// <summary>
    /// The SQLite file of records, where no database is configured; relative to the working folder. It is created with its folder. None by default.
    /// </summary>
    public string? File { get; set; }

    /// <summary>How long a prediction stays recorded; null for ever.</summary>
    public TimeSpan? KeepFor { get; set; }

    /// <summary>How often predictions whose target date has come are scored.</summary>
    public TimeSpan ScoreEvery { get; set; } = TimeSpan.FromHours(1);
}

internal sealed class RecordsOptionsValidator : IValidateOptions<RecordsOptions>
{
    public ValidateOptionsResult Validate(string? name, RecordsOptions options)
    {
        if (options.KeepFor is { } keepFor && (keepFor < TimeSpan.FromDays(1) || keepFor > TimeSpan.FromDays(36_500)))
        {
            return ValidateOptionsResult.Fail(
                $"Records:KeepFor is '{keepFor}': expected a day to a hundred years, such as 365.00:00:00, or nothing to keep all");
        }

        return options.ScoreEvery < TimeSpan.FromSeconds(1) || options.ScoreEvery > TimeSpan.FromDays(1)
            ? ValidateOptionsResult.Fail($"Records:ScoreEvery is '{options.ScoreEvery}': expected a second to a day, such as 01:00:00")
            : ValidateOptionsResult.Success;
    }
}
