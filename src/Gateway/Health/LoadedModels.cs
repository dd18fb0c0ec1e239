using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>What workers last reported to have in memory. A worker that has been silent for three reports counts no more.</summary>
internal sealed class LoadedModels(TimeProvider time)
{
    private static readonly TimeSpan Silence = 4 * ModelsReported.Interval;

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, IReadOnlyList<string> Symbols)> _workers = new(StringComparer.Ordinal);
    private DateTimeOffset _heardAt;

    public int Count => Alive.SelectMany(worker => worker.Symbols).Distinct(StringComparer.Ordinal).Count();

    public bool AnyWorker => Alive.Any() || time.GetUtcNow() - _heardAt < Silence;

    private IEnumerable<(DateTimeOffset At, IReadOnlyList<string> Symbols)> Alive => _workers.Values.Where(worker => time.GetUtcNow() - worker.At < Silence);

    /// <summary>Some worker has answered, before any has reported.</summary>
    public void Heard() => _heardAt = time.GetUtcNow();

    public void Report(ModelsReported report)
    {
        foreach (var (id, worker) in _workers)
        {
            if (time.GetUtcNow() - worker.At >= Silence)
                _workers.TryRemove(id, out _);
        }

        _workers[report.WorkerId] = (time.GetUtcNow(), report.Symbols);
    }
}

/// <summary>Listens to the workers' reports, in every gateway.</summary>
internal sealed class ModelsReportedConsumer(LoadedModels models) : IConsumer<ModelsReported>
{
    public Task Consume(ConsumeContext<ModelsReported> context)
    {
        models.Report(context.Message);
        return Task.CompletedTask;
    }
}
