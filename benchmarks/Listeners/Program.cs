// benchmarks/listeners starts everything and calls this: GATEWAY PID BROKER LISTENERS EVENTS_PER_SECOND SECONDS. It prints one row of the table.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Coinsphere.Messaging.Listeners;
using Coinsphere.Messaging.Load;
using RabbitMQ.Client;
using EventLog = Coinsphere.Messaging.Hosting.Messaging.EventLog;

if (args is not [var address, var pid, var broker, var listenersText, var rateText, var secondsText])
{
    Console.Error.WriteLine("Use benchmarks/listeners");
    return 2;
}

var (gateway, process) = (new Uri(address), int.Parse(pid, CultureInfo.InvariantCulture));
var (count, rate, seconds) = (Number(listenersText), Number(rateText), Number(secondsText));
using var ended = new CancellationTokenSource();
var delays = new DelayHistogram();
var before = Megabytes(process);
var listeners = new List<ListenerSocket>();
foreach (var some in Enumerable.Range(0, count).Chunk(50))
{
    var opened = some.Select(_ => new ListenerSocket(delays, ended.Token)).ToArray();
    listeners.AddRange(opened);
    await Task.WhenAll(opened.Select(listener => listener.OpenAsync(gateway)));
}

await using var connection = await new ConnectionFactory { Uri = new Uri(broker) }.CreateConnectionAsync();
await using var channel = await connection.CreateChannelAsync();
// As long as an answer is.
var filling = new string('x', 2_200);
var cpu = ProcessorTime.OfTree(process);
var machine = ProcessorTime.OfMachine();
var started = Stopwatch.GetTimestamp();
using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
var sent = 0;
while (sent < rate * seconds && await ticks.WaitForNextTickAsync())
{
    var now = DateTime.UtcNow;
    var body = Encoding.UTF8.GetBytes($$"""{"symbol":"BTC","sent":{{now.Ticks}},"filling":"{{filling}}"}""");
    var properties = new BasicProperties
    {
        ContentType = "application/json",
        Type = EventLog.Prediction,
        MessageId = $"{Guid.NewGuid():N}",
        Headers = new Dictionary<string, object?> { [EventLog.ComputedAtHeader] = new DateTimeOffset(now).ToUnixTimeMilliseconds() },
    };
    await channel.BasicPublishAsync(EventLog.Exchange, EventLog.PredictionKey("BTC", "7d", null), mandatory: false, properties, body);
    sent++;
}

var took = Stopwatch.GetElapsedTime(started);
for (var tries = 0; tries < 100 && delays.Count < (long)sent * count; tries++)
{
    await Task.Delay(50);
}

var busy = (ProcessorTime.OfTree(process) - cpu) / took.TotalMilliseconds;
var all = (ProcessorTime.OfMachine() - machine) / took.TotalMilliseconds / Environment.ProcessorCount;
var after = Megabytes(process);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"| {count:N0} | {sent / took.TotalSeconds:0} | {(double)delays.Count / sent / count:P1} | {delays.Quantile(0.5):0.0} | {delays.Quantile(0.99):0.0} | "
    + $"{delays.Quantile(1):0.0} | {busy:P0} | {all:P0} | {before:0} | {after:0} |"));
await ended.CancelAsync();
listeners.ForEach(listener => listener.Dispose());
return 0;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static double Megabytes(int id) => File.ReadLines($"/proc/{id}/status").Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
    .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024).Single();
