using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>Twenty questions a second, come what may, each answer compared with the right one.</summary>
internal sealed class InteractiveTraffic(HttpClient http, IReadOnlyList<Question> questions, RightAnswers right, Random random)
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    // A test machine's own delays; what the service promises is measured by the table of recoveries.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(500);
    // Changes of a model are served a second after they are acknowledged; a folder tells of them by itself.
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(6);

    private (string Before, string Now, long At) _model = ("", "", 0);

    public ConcurrentQueue<(DateTime At, string Text)> Wrong { get; } = new();

    public ConcurrentQueue<(DateTime At, string Text)> Late { get; } = new();

    public ConcurrentQueue<(DateTime At, HttpStatusCode Status)> Refused { get; } = new();

    public ConcurrentQueue<double> Milliseconds { get; } = new();

    /// <summary>Another model serves from now on.</summary>
    public void ModelIs(string digest) => _model = (_model.Now, digest, Stopwatch.GetTimestamp());

    public async Task AskAsync(CancellationToken stop)
    {
        using var ticks = new PeriodicTimer(Pace);
        var running = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            running.Add(AskAsync(questions[random.Next(questions.Count)]));
            running.RemoveAll(task => task.IsCompletedSuccessfully);
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }

        await Task.WhenAll(running);
    }

    public override string ToString()
    {
        var sorted = Milliseconds.Order().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted.Length} right answers, median {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms; {Refused.Count} refused, {Wrong.Count} wrong, {Late.Count} late");

        double At(double share) => sorted.Length == 0 ? double.NaN : sorted[(int)(share * (sorted.Length - 1))];
    }

    private async Task AskAsync(Question question)
    {
        var started = Stopwatch.GetTimestamp();
        var at = DateTime.UtcNow;
        var asked = _model;
        using var request = question.Request();
        request.Headers.Add("X-Deadline-Ms", Deadline.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        var took = Stopwatch.GetElapsedTime(started);
        if (took > Deadline + Slack)
        {
            Late.Enqueue((at, $"{question.Body} took {took}, {(int)response.StatusCode}"));
        }

        if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
        {
            Refused.Enqueue((at, response.StatusCode));
            return;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            Wrong.Enqueue((at, $"{question.Body}: {(int)response.StatusCode} {body}"));
            return;
        }

        var (fault, model) = right.Check(question, body);
        if (fault is null && model.Length > 0 && model != asked.Now && model != _model.Now && Stopwatch.GetElapsedTime(asked.At) > Stale)
        {
            fault = $"answered by {model} long after {asked.Now} took its place";
        }

        if (fault is not null)
        {
            Wrong.Enqueue((at, $"{question.Body}: {fault}"));
        }
        else
        {
            Milliseconds.Enqueue(took.TotalMilliseconds);
        }
    }
}
