using System.Globalization;
using System.Text.Json.Nodes;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>A question over HTTP about a past day, whose answer depends on the model alone.</summary>
internal sealed record Question(string Path, string Body)
{
    public HttpRequestMessage Request() => new(HttpMethod.Post, Path) { Content = new StringContent(Body, System.Text.Encoding.UTF8, "application/json") };

    /// <summary>Predictions and risk scores of so many days.</summary>
    public static IReadOnlyList<Question> Of(DateOnly first, int days) =>
    [
        .. from day in Enumerable.Range(0, days).Select(first.AddDays)
           let asOf = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
           from timeframe in (string?[])["7d", "14d", "30d", null]
           select timeframe is null
               ? new Question("/risk-score", $$"""{"symbol":"BTC","asOf":"{{asOf}}"}""")
               : new Question("/predict", $$"""{"symbol":"BTC","timeframe":"{{timeframe}}","asOf":"{{asOf}}"}"""),
    ];
}

/// <summary>What a system that nothing is wrong with answers, by question and model; everything but the times of an answer is compared.</summary>
internal sealed class RightAnswers
{
    private static readonly string[] Times = ["generated_at", "expires_at", "analyzed_at", "cache_expires_at"];

    private readonly Dictionary<(Question Question, string Model), string> _answers = [];

    /// <summary>
    /// Asks every question until a model has answered it, which one worker may serve before another does, and keeps the answers as the right ones.
    /// </summary>
    public async Task LearnAsync(HttpClient http, IEnumerable<Question> questions, string model)
    {
        foreach (var question in questions)
        {
            await Until.True(async () => await AskAsync(http, question) is var by && (by.Length == 0 || by == model), $"{model} answers {question.Body}");
        }
    }

    private async Task<string> AskAsync(HttpClient http, Question question)
    {
        using var request = question.Request();
        // Nothing is measured yet, and the machine may be busy.
        request.Headers.Add("X-Deadline-Ms", "60000");
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{question.Body}: {body}");
        var (model, text) = Read(body);
        _answers[(question, model)] = text;
        return model;
    }

    /// <summary>What is wrong with an answer, or null; and the model that gave it, empty for risk scores.</summary>
    public (string? Fault, string Model) Check(Question question, string body)
    {
        var (model, text) = Read(body);
        return !_answers.TryGetValue((question, model), out var right) ? ($"by an unknown model: {body}", model)
            : right == text ? (null, model)
            : ($"expected {right}, found {text}", model);
    }

    private static (string Model, string Text) Read(string body)
    {
        var answer = JsonNode.Parse(body)!.AsObject();
        foreach (var time in Times)
        {
            answer.Remove(time);
        }

        return ((string?)answer["model_digest"] ?? "", answer.ToJsonString());
    }
}
