using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>Puts together what the workers have reported and what this gateway has counted.</summary>
internal sealed class SystemReporter(LoadedModels workers, Tally own, TimeProvider time)
{
    // More processes than this are no longer read one by one.
    private const int MostWorkers = 200;

    public SystemReport Now()
    {
        var heard = workers.Reports.OrderBy(worker => worker.Report.WorkerId, StringComparer.Ordinal).ToArray();
        var mine = own.Report();
        // The newest first. A worker in the same process counts the same as this gateway.
        var processes = heard.OrderByDescending(worker => worker.At).Select(worker => worker.Report.State).OfType<ProcessReport>().ToList();
        if (!processes.Exists(process => process.Process == mine.Process))
        {
            processes.Add(mine);
        }

        return new(
            time.GetUtcNow(), mine.Version, [.. heard.Take(MostWorkers).Select(worker => Worker(worker.At, worker.Report))], Queues(processes),
            processes.Sum(process => process.CacheHits), processes.Sum(process => process.CacheMisses),
            processes.SelectMany(process => process.Refusals ?? Nothing).GroupBy(count => count.Key, count => count.Value, StringComparer.Ordinal)
                .OrderBy(reason => reason.Key, StringComparer.Ordinal).ToDictionary(reason => reason.Key, reason => reason.Sum(), StringComparer.Ordinal),
            Stages(processes),
            processes.Select(process => process.Feed).OfType<FeedReport>().MaxBy(feed => feed.Symbols));
    }

    private static Dictionary<string, long> Nothing { get; } = [];

    private static WorkerReport Worker(DateTimeOffset at, ModelsReported report) => new(
        report.WorkerId, at, report.State?.Version, report.State?.StartedAt, report.Engine, report.Symbols ?? [], report.Reasons ?? [], report.Notes ?? []);

    // Every worker counts the same queues, and each has taken messages of its own from them.
    private static QueueReport[] Queues(IEnumerable<ProcessReport> processes) =>
    [
        .. processes.SelectMany(process => (process.Queues ?? []).OfType<QueueReport>()).GroupBy(queue => queue.Endpoint, StringComparer.Ordinal)
            .OrderBy(queue => queue.Key, StringComparer.Ordinal)
            .Select(queue => new QueueReport(
                queue.Key, queue.Select(one => one.Waiting).FirstOrDefault(count => count is not null),
                queue.Select(one => one.Parked).FirstOrDefault(count => count is not null), queue.Max(one => one.MedianAgeMs), queue.Max(one => one.P95AgeMs))),
    ];

    private static StageReport[] Stages(IEnumerable<ProcessReport> processes) =>
    [
        .. processes.SelectMany(process => (process.Stages ?? []).OfType<StageReport>()).GroupBy(stage => stage.Stage, StringComparer.Ordinal)
            .OrderBy(stage => stage.Key, StringComparer.Ordinal)
            .Select(stage => new StageReport(
                stage.Key, stage.Sum(one => one.Count), stage.Max(one => one.MedianMs), stage.Max(one => one.P95Ms))),
    ];
}
