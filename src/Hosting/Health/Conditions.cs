using Coinsphere.Messaging.Hosting.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Health;

/// <summary>
/// What is wrong with this process now, by name. A reason means that nothing can be answered; a note means that something is wrong, but requests are
/// answered. Readiness, the workers' reports and their health file show both. The log has a line when a condition begins, one per minute while it
/// lasts, and one when it ends.
/// </summary>
public sealed partial class Conditions(TimeProvider time, ILogger<Conditions> logger) : IDisposable
{
    /// <summary>How often the log repeats that a condition lasts.</summary>
    public static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Condition> _conditions = new(StringComparer.Ordinal);

    /// <summary>Raised after a reason or a note was added, removed or changed.</summary>
    public event Action? Changed;

    /// <summary>Why nothing can be answered, each as <c>name: text</c>; empty where nothing is wrong.</summary>
    public IReadOnlyList<string> Reasons => Texts(isReason: true);

    /// <summary>What is wrong although requests are answered, each as <c>name: text</c>.</summary>
    public IReadOnlyList<string> Notes => Texts(isReason: false);

    /// <summary>Sets a condition under which nothing can be answered.</summary>
    /// <param name="name">What it is about, such as <c>broker</c>; each name has one condition at a time.</param>
    /// <param name="text">What is wrong, in one line without secrets.</param>
    public void Reason(string name, string text) => Set(name, text, isReason: true);

    /// <summary>Sets a condition under which requests are still answered.</summary>
    /// <inheritdoc cref="Reason"/>
    public void Note(string name, string text) => Set(name, text, isReason: false);

    /// <summary>Clears the condition of a name, where there is one.</summary>
    public void Clear(string name)
    {
        Condition? over;
        lock (_lock)
        {
            if (!_conditions.Remove(name, out over))
            {
                return;
            }
        }

        over.Timer.Dispose();
        var lasted = LastedFor(over);
        LogOver(name, lasted);
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var condition in _conditions.Values)
            {
                condition.Timer.Dispose();
            }

            _conditions.Clear();
        }
    }

    private void Set(string name, string text, bool isReason)
    {
        lock (_lock)
        {
            if (_conditions.TryGetValue(name, out var known) && known.IsReason == isReason)
            {
                if (known.Text == text)
                {
                    return;
                }

                // A changed text of a lasting condition, such as a growing number, is logged with the next reminder.
                known.Text = text;
            }
            else
            {
                known?.Timer.Dispose();
                var condition = new Condition(isReason, text, time.GetTimestamp());
                condition.Timer = time.CreateTimer(_ => Remind(name, condition), null, Reminder, Reminder);
                _conditions[name] = condition;
                LogBegun(name, text);
            }
        }

        Changed?.Invoke();
    }

    private void Remind(string name, Condition condition)
    {
        string text;
        lock (_lock)
        {
            if (!_conditions.TryGetValue(name, out var now) || now != condition)
            {
                return;
            }

            text = condition.Text;
        }

        LogLasts(name, text, LastedFor(condition));
    }

    private TimeSpan LastedFor(Condition condition) => TimeSpan.FromSeconds(Math.Round(time.GetElapsedTime(condition.Since).TotalSeconds));

    private string[] Texts(bool isReason)
    {
        lock (_lock)
        {
            return [.. _conditions.Where(pair => pair.Value.IsReason == isReason).Select(pair => $"{pair.Key}: {ServerPaths.Hide(pair.Value.Text)}")];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}: {Text}")]
    private partial void LogBegun(string name, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}, for {Duration} now: {Text}")]
    private partial void LogLasts(string name, string text, TimeSpan duration);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} has recovered after {Duration}")]
    private partial void LogOver(string name, TimeSpan duration);

    private sealed class Condition(bool isReason, string text, long since)
    {
        public bool IsReason => isReason;

        public string Text { get; set; } = text;

        public long Since => since;

        public ITimer Timer { get; set; } = null!;
    }
}

/// <summary>Registers <see cref="Conditions"/>.</summary>
public static class ConditionServices
{
    /// <summary>Adds the conditions of this process, once for all that report them.</summary>
    public static IServiceCollection AddConditions(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Conditions>();
        return services;
    }
}
