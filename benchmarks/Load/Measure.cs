using System.Diagnostics;

namespace Coinsphere.Messaging.Load;

/// <summary>Warms up, measures several runs, and prints them as a row.</summary>
internal static class Measure
{
    private const string GatewayService = "coinsphere-gateway";
    private const string WorkerService = "coinsphere-worker";

    // The runtime compiles a method anew after 30 calls, and once more with what it learnt meanwhile.
    private const int WarmRequests = 2_000;
    private const int WarmHits = 20_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private const int WarmUpsAtMost = 36;

    public static async Task<int> RunAsync(MeasureSettings settings)
    {
        await using var collector = await Collector.StartAsync(settings.Collector);
        using var generator = new Generator(settings.Gateway, settings.Connections, new Questions(settings.Until, settings.Repeat));
        await WarmAsync(settings, collector, generator);
        var runs = new List<Run>();
        for (var i = 0; i < settings.Runs; i++)
        {
            runs.Add(await OnceAsync(settings, collector, generator));
            await Console.Error.WriteLineAsync($"{settings.Workers.Length} workers, run {i + 1}: {runs[^1]}");
        }

        Console.WriteLine(Table.Row(settings.Workers.Length, runs));
        return 0;
    }

    // Each worker by itself must be warm; where the cache answers, the gateway, while the workers finish their start.
    private static async Task WarmAsync(MeasureSettings settings, Collector collector, Generator generator)
    {
        for (var i = 0; i < WarmUpsAtMost; i++)
        {
            await generator.RunAsync(WarmUp);
            var (gateway, workers) = await ReadAsync(settings, collector);
            if (settings.Repeat ? gateway.CacheHits >= WarmHits : workers.Values.All(worker => worker.Requests >= WarmRequests))
            {
                return;
            }
        }

        throw new MeasureException($"Not warm after {WarmUpsAtMost * WarmUp}: expected {WarmRequests} requests a worker, or {WarmHits} cache hits");
    }

    private static async Task<Run> OnceAsync(MeasureSettings settings, Collector collector, Generator generator)
    {
        // Nothing is under way before and after, so what is counted is the run's and no other's.
        var (gatewayBefore, workersBefore) = await ReadAsync(settings, collector);
        var timeBefore = Times(settings);
        var start = Stopwatch.GetTimestamp();
        var answered = await generator.RunAsync(TimeSpan.FromSeconds(settings.Seconds));
        // Workers go on: they write the records of what they answered. Their time is read when that is over, others' use only while there is load.
        var others = Others(Times(settings), timeBefore, Stopwatch.GetElapsedTime(start));
        var (gateway, workers) = await ReadAsync(settings, collector);
        var time = Times(settings);

        var count = answered.Times.Length;
        long[] handled = [.. workers.Select(worker => worker.Value.Requests - workersBefore[worker.Key].Requests)];
        if (settings.Stages is { } file)
        {
            await File.WriteAllLinesAsync(
                file,
                Stages.Rows([(gatewayBefore, gateway), .. workers.Select(worker => (workersBefore[worker.Key], worker.Value))], count));
        }

        var passes = workers.Sum(worker => worker.Value.ForwardPasses - workersBefore[worker.Key].ForwardPasses);
        return new Run
        {
            Requests = count,
            PerSecond = count / answered.Elapsed.TotalSeconds,
            Median = answered.Percentile(0.5),
            Tail = answered.Percentile(0.99),
            Workers = (time.Workers - timeBefore.Workers) / count,
            Gateway = (time.Gateway - timeBefore.Gateway) / count,
            Broker = (time.Broker - timeBefore.Broker) / count,
            Database = (time.Database - timeBefore.Database) / count,
            Redis = (time.Redis - timeBefore.Redis) / count,
            Generator = (time.Generator - timeBefore.Generator) / count,
            Handled = handled.Sum(),
            Spread = handled.Min() == 0 ? double.NaN : (double)handled.Max() / handled.Min(),
            Inferences = (double)passes / count,
            Hits = (double)(gateway.CacheHits - gatewayBefore.CacheHits) / count,
            Others = others,
        };
    }

    private static async Task<(Counts Gateway, IReadOnlyDictionary<string, Counts> Workers)> ReadAsync(MeasureSettings settings, Collector collector)
    {
        var workers = collector.ReadAsync(WorkerService, settings.Workers.Length);
        var gateway = await collector.ReadAsync(GatewayService, 1);
        return (gateway.Values.Single(), await workers);
    }

    private static double Others(ProcessorTimes after, ProcessorTimes before, TimeSpan elapsed) =>
        Math.Max(0, (after.Others - before.Others) / (elapsed.TotalMilliseconds * Environment.ProcessorCount));

    private static ProcessorTimes Times(MeasureSettings settings) => new(
        settings.Workers.Sum(ProcessorTime.OfTree), ProcessorTime.OfTree(settings.GatewayId), ProcessorTime.OfTree(settings.BrokerId),
        ProcessorTime.OfTree(settings.DatabaseId), ProcessorTime.OfTree(settings.RedisId), ProcessorTime.OfTree(Environment.ProcessId),
        ProcessorTime.OfMachine());

    private sealed record ProcessorTimes(double Workers, double Gateway, double Broker, double Database, double Redis, double Generator, double Machine)
    {
        /// <summary>Of the machine's time what none of these used.</summary>
        public double Others => Machine - Workers - Gateway - Broker - Database - Redis - Generator;
    }
}
