using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Clock;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>
/// The last reports of the workers: the models in their memory, their engines, and their conditions. A worker without a report for four intervals is
/// not counted.
/// </summary>
internal sealed class LoadedModels(TimeProvider time)
{
    // Of a worker that does not say, or has not reported yet: those of two cores.
    private const int UnknownSlots = 16;

    private static readonly TimeSpan Silence = 4 * ModelsReported.Interval;

    private readonly ConcurrentDictionary<string, Heard> _workers = new(StringComparer.Ordinal);
    private DateTimeOffset _answeredAt;

    public int Count => Alive.SelectMany(worker => worker.Symbols).Distinct(StringComparer.Ordinal).Count();

    /// <summary>Whether some worker computes with PyTorch's library.</summary>
    public bool AnyTorch => Alive.Any(worker => worker.Report.Engine == ModelsReported.Torch);

    public bool AnyWorker => Alive.Any() || time.GetUtcNow() - _answeredAt < Silence;

    /// <summary>Why no worker can answer; empty where one can, or where none has reported.</summary>
    public IReadOnlyList<string> Reasons => Alive.ToArray() is { Length: > 0 } alive && alive.All(worker => worker.Reasons.Count > 0)
        ? [.. alive.SelectMany(worker => worker.Reasons).Distinct(StringComparer.Ordinal)]
        : [];

    /// <summary>What is wrong with some workers although requests are answered, each with the number of workers that report it.</summary>
    public IReadOnlyDictionary<string, int> Notes => Alive
        .SelectMany(worker => Reasons.Count == 0 ? worker.Notes.Concat(worker.Reasons) : worker.Notes)
        .CountBy(text => text)
        .ToDictionary(StringComparer.Ordinal);

    private IEnumerable<Heard> Alive => _workers.Values.Where(worker => time.GetUtcNow() - worker.At < Silence);

    /// <summary>The last reports, and when each arrived.</summary>
    public IEnumerable<(DateTimeOffset At, ModelsReported Report)> Reports => Alive.Select(worker => (worker.At, worker.Report));

    /// <summary>The requests that the workers take at the same time on each endpoint. Before the first report, as many as one worker on two cores.</summary>
    public int Slots => Alive.Sum(worker => worker.Report.Slots ?? UnknownSlots) is > 0 and var slots ? slots : UnknownSlots;

    /// <summary>Whether the gateway's own first question was answered.</summary>
    public bool HasAnswered => _answeredAt > DateTimeOffset.MinValue;

    /// <summary>A worker has answered the gateway's own first question, possibly before any worker has reported.</summary>
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
        // A worker of another release may leave out any of these.
        public IReadOnlyList<string> Symbols => Report.Symbols ?? [];

        public IReadOnlyList<string> Reasons => Report.Reasons ?? [];

        public IReadOnlyList<string> Notes => Report.Notes ?? [];
    }
}

/// <summary>Receives the workers' reports, in every gateway. They also tell the valid keys, and show the difference of the workers' clocks.</summary>
internal sealed class ModelsReportedConsumer(LoadedModels models, SenderClocks senders, CallerTable callers, IOptions<AuthOptions> auth)
    : IConsumer<ModelsReported>
{
    public Task Consume(ConsumeContext<ModelsReported> context)
    {
        models.Report(context.Message);
        if (context.Message.Keys is { } keys && string.IsNullOrWhiteSpace(auth.Value.KeysFile))
        {
            callers.Report(keys);
        }

        if (Sender.Of(context.Host) is { } sender && context.SentTime is { } sent)
        {
            // Reports never wait for a gateway: their queue exists only while this process runs.
            senders.Age(sender, new DateTimeOffset(sent, TimeSpan.Zero), TimeSpan.MaxValue);
        }

        return Task.CompletedTask;
    }
}
