using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands.Doctor;

/// <summary>Checks a running service from outside.</summary>
internal static class ServiceChecks
{
    // Of the Date header, which has whole seconds.
    private static readonly TimeSpan ClockLimit = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<Finding>> RunAsync(Uri url, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection()
            .AddPredictionClient(options => (options.Url, options.Timeout) = (url, TimeSpan.FromSeconds(5))).Services.BuildServiceProvider();
        var client = services.GetRequiredService<IPredictionClient>();
        using var http = new HttpClient { BaseAddress = new Uri(url.AbsoluteUri.TrimEnd('/') + "/") };
        var service = new Check("service", (check, stop) => HealthAsync(check, http, url, stop));
        var first = await service.RunAsync(cancellationToken);
        if (first.Any(finding => finding.State == Finding.Fault && finding.Text.Contains("cannot be reached", StringComparison.Ordinal)))
        {
            return first;
        }

        Check[] others = [new("models", (check, stop) => ModelsAsync(check, client, stop)), new("answers", (check, stop) => AnswersAsync(check, client, stop))];
        return [.. first, .. (await Task.WhenAll(others.Select(check => check.RunAsync(cancellationToken)))).SelectMany(findings => findings)];
    }

    private static async Task HealthAsync(Check check, HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        var asked = DateTimeOffset.UtcNow;
        try
        {
            response = await http.GetAsync("health/ready", cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            check.Fault($"{url} cannot be reached: {failure.GetBaseException().Message}", "start the service there, or correct --url");
            return;
        }

        using (response)
        {
            try
            {
                var ready = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                Report(check, ready, url);
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
            {
                check.Fault($"{url} is not this service: GET /health/ready got status {(int)response.StatusCode} and another body", "correct --url");
            }

            if (response.Headers.Date is { } date && (date - asked).Duration() is var difference && difference > ClockLimit)
            {
                check.Fault(
                    string.Create(CultureInfo.InvariantCulture, $"its clock differs by {difference.TotalSeconds:0} s from this machine's"),
                    "synchronise the clocks, for example with chrony");
            }
        }
    }

    private static void Report(Check check, JsonElement ready, Uri url)
    {
        var reasons = ready.GetProperty("reasons").EnumerateArray().ToArray();
        foreach (var reason in reasons)
        {
            check.Fault($"not ready: {reason.GetString()}");
        }

        foreach (var note in ready.GetProperty("notes").EnumerateArray())
        {
            check.Note(note.GetString()!);
        }

        if (reasons.Length == 0)
        {
            check.Ok($"{url} is ready");
        }
    }

    private static async Task ModelsAsync(Check check, IPredictionClient client, CancellationToken cancellationToken)
    {
        var described = await client.GetModelsAsync(cancellationToken);
        if (described.IsRefused)
        {
            check.Fault(described.Refusal.Detail);
            return;
        }

        var models = described.Answer.Models;
        foreach (var model in models.Where(model => model.Error is not null))
        {
            check.Fault($"{model.Symbol}: {model.Error}", "replace the file, or './run rollback'");
        }

        var missing = models.Where(model => model.Status != ModelInfo.Trained).Select(model => model.Symbol).ToArray();
        Summary(check, models.Count - missing.Length, models.Count, missing);
    }

    /// <summary>Says how many symbols have a model, and which have no file.</summary>
    public static void Summary(Check check, int trained, int all, IReadOnlyList<string> missing)
    {
        var text = AskCommand.Text($"{trained} of {all} symbols have one");
        if (trained == 0)
        {
            check.Fault(text, $"train them: '{Usage.Program} train --prices FOLDER', or set MODEL_CHECKPOINT_DIR");
        }
        else if (missing.Count > 0)
        {
            check.Note($"{text}; not {string.Join(", ", missing)}", $"'{Usage.Program} train {missing[0]}' trains one");
        }
        else
        {
            check.Ok(text);
        }
    }

    private static async Task AnswersAsync(Check check, IPredictionClient client, CancellationToken cancellationToken)
    {
        var models = await client.GetModelsAsync(cancellationToken);
        if (models.Answer?.Models.FirstOrDefault(model => model.Status == ModelInfo.Trained)?.Symbol is not { } symbol)
        {
            return;
        }

        var answer = await client.GetPredictionAsync(symbol, cancellationToken: cancellationToken);
        if (answer.IsRefused)
        {
            check.Fault($"{symbol}: {answer.Refusal.Detail}");
            return;
        }

        check.Ok($"{symbol} is answered, from prices of {answer.Answer.DataSource} to {AskCommand.Day(answer.Answer.DataAsOf)}");
        foreach (var warning in answer.Answer.Warnings)
        {
            check.Note($"{symbol}: {warning}");
        }
    }
}
