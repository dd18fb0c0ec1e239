using Cronos;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Section <c>Schedule</c>: predictions and risk scores that nobody has to ask for.</summary>
internal sealed class ScheduleOptions
{
    public const string Section = "Schedule";

    /// <summary>The time between two runs, counted from midnight UTC. Null (an empty text) or zero: nothing is scheduled.</summary>
    public TimeSpan? Every { get; set; } = TimeSpan.FromHours(6);

    /// <summary>A cron expression, UTC, instead of <see cref="Every"/>.</summary>
    public string? Cron { get; set; }

    /// <summary>The time over which the questions of a run are spread; at most half of the time to the next run.</summary>
    public TimeSpan Spread { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>Stops the start with the wrong key and its value.</summary>
internal sealed class ScheduleOptionsValidator(TimeProvider time) : IValidateOptions<ScheduleOptions>
{
    public ValidateOptionsResult Validate(string? name, ScheduleOptions options)
    {
        var faults = new List<string>();
        if (options.Every is { } every && every != TimeSpan.Zero && (every < TimeSpan.FromMinutes(1) || every > TimeSpan.FromDays(1)))
        {
            faults.Add($"Schedule:Every is '{every}': expected a minute to a day, such as 06:00:00, or 0 for no schedule");
        }

        if (options.Spread < TimeSpan.Zero || options.Spread > TimeSpan.FromDays(1))
        {
            faults.Add($"Schedule:Spread is '{options.Spread}': expected at most a day, such as 00:05:00");
        }

        if (!string.IsNullOrWhiteSpace(options.Cron) && CronFault(options.Cron) is { } fault)
        {
            faults.Add($"Schedule:Cron is '{options.Cron}': expected minute, hour, day, month and weekday in UTC, such as '0 */6 * * *' ({fault})");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private string? CronFault(string text)
    {
        try
        {
            return CronExpression.Parse(text).GetNextOccurrence(time.GetUtcNow().UtcDateTime) is null ? "it never comes" : null;
        }
        catch (CronFormatException wrong)
        {
            return wrong.Message.ReplaceLineEndings(" ");
        }
    }
}
