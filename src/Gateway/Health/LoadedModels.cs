using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Clock;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>
/// What workers last reported: the models they have in memory, what computes them, and what is wrong with them. A worker that has been silent for three reports
/// counts no more.
/// </summary>
internal sealed class LoadedModels(TimeProvider time)
{
    private static readonly TimeSpan Silence = 4 * ModelsReported.Interval;

    private readonly ConcurrentDictionary<string, Heard> _workers = new(StringComparer.Ordinal);
    private DateTimeOffset _answeredAt;

    public int Count => Alive.SelectMany(worker => worker.Symbols).Distinct(StringComparer.Ordinal).Count();

    /// <summary>Whether PyTorch's library computes in some worker.</summary>
    public bool AnyTorch => Alive.Any(worker => worker.Report.Engine == ModelsReported.Torch);

    public bool AnyWorker => Alive.Any() || time.GetUtcNow() - _answeredAt < Silence;

    /// <summary>Why no worker can answer; empty where one can, or none has reported.</summary>
    public IReadOnlyList<string> Reasons => Alive.ToArray() is { Length: > 0 } alive && alive.All(worker => worker.Reasons.Count > 0)
        ? [.. alive.SelectMany(worker => worker.Reasons).Distinct(StringComparer.Ordinal)]
        : [];

    /// <summary>What is wrong with some workers although answers go on, each with the number of workers that say so.</summary>
    public IReadOnlyDictionary<string, int> Notes => Alive
        .SelectMany(worker => Reasons.Count == 0 ? worker.Notes.Concat(worker.Reasons) : worker.Notes)
        .CountBy(text => text)
        .ToDictionary(StringComparer.Ordinal);

    private IEnumerable<Heard> Alive => _workers.Values.Where(worker => time.GetUtcNow() - worker.At < Silence);

    /// <summary>Whether the gateway's own first question was answered.</summary>
    public bool HasAnswered => _answeredAt > DateTimeOffset.MinValue;

    /// <summary>Some worker has answered the gateway's own first question, maybe before any has reported.</summary>
    public void Answered() => _answeredAt = time.GetUtcNow();

    public void Report(ModelsReported report)
    {
        foreach (var (id, worker) in _workers)
        {
            if (time.GetUtcNow() - worker.At >= Silence)
            {
                _workers.TryRemove(id, out _);
            }
        }

        _workers[report.WorkerId] = new Heard(time.GetUtcNow(), report);
    }

    private sealed record Heard(DateTimeOffset At, ModelsReported Report)
    {
        // Any of these a worker of another release may leave out.
        public IReadOnlyList<string> Symbols => Report.Symbols ?? [];

        public IReadOnlyList<string> Reasons => Report.Reasons ?? [];

        public IReadOnlyList<string> Notes => Report.Notes ?? [];
    }
}

/// <summary>Listens to the workers' reports, in every gateway. What they tell of the workers' clocks is noted too.</summary>
internal sealed class ModelsReportedConsumer(LoadedModels models, SenderClocks senders) : IConsumer<ModelsReported>
{
    public Task Consume(ConsumeContext<ModelsReported> context)
    {
        models.Report(context.Message);
        if (Sender.Of(context.Host) is { } sender && context.SentTime is { } sent)
        {
            // Reports wait for nobody: the queue lives with this process.
            senders.Age(sender, new DateTimeOffset(sent, TimeSpan.Zero), TimeSpan.MaxValue);
        }

        return Task.CompletedTask;
    }
}
