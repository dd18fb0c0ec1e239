using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>The steps of every request: read the deadline, read the body, ask, and turn the result into a response.</summary>
internal static class RequestPipeline
{
    public static async Task<Results<AnswerBody, Problem>> AnswerAsync<TBody>(
        this HttpRequest http, JsonTypeInfo<TBody> type, TimeSpan budget, Func<TBody, RequestDeadline, Task<Result<AnswerBody>>> ask) where TBody : class
    {
        if (RequestBody.Unsupported(http) is { } unsupported)
        {
            return unsupported;
        }

        if (IgnoredFields.CheckQueryBesideBody(http, type) is { } misplaced)
        {
            return (Problem)misplaced;
        }

        var body = await RequestBody.ReadAsync(http, type);
        return body.IsRefused ? (Problem)body.Refusal : await http.AnswerAsync(budget, deadline => ask(body.Answer, deadline));
    }

    /// <summary>The same for a request without a body, whose fields are parameters of its query.</summary>
    public static async Task<Results<AnswerBody, Problem>> AnswerQueryAsync(
        this HttpRequest http, IReadOnlyCollection<string> parameters, TimeSpan budget, Func<RequestDeadline, Task<Result<AnswerBody>>> ask) =>
        IgnoredFields.CheckQuery(http, parameters) is { } misspelt ? (Problem)misspelt : await http.AnswerAsync(budget, ask);

    /// <summary>The same where the answer is not cached: it is written from the worker's reply.</summary>
    /// <param name="http">The request.</param>
    /// <param name="endpoint">Whom to ask.</param>
    /// <param name="parameters">The parameters of its query.</param>
    /// <param name="budget">How long a caller waits that does not say.</param>
    /// <param name="workers">The workers.</param>
    /// <param name="read">Makes the message, or refuses.</param>
    /// <param name="type">The answer's JSON.</param>
    /// <param name="stamp">Tells the worker the milliseconds that are left; null where its message has no deadline.</param>
    public static async Task<Results<JsonHttpResult<TAnswer>, Problem>> AskAsync<TRequest, TAnswer>(
        this HttpRequest http, Uri endpoint, IReadOnlyCollection<string> parameters, TimeSpan budget, WorkerClient workers,
        Func<Result<TRequest>> read, JsonTypeInfo<TAnswer> type, Func<TRequest, long, TRequest>? stamp = null)
        where TRequest : class
        where TAnswer : class
    {
        if (IgnoredFields.CheckQuery(http, parameters) is { } misspelt)
        {
            return (Problem)misspelt;
        }

        // A fault of the message is named before one of the header.
        var wrongDeadline = RequestDeadline.Read(http, budget, out var deadline);
        var request = read();
        if ((request.Refusal ?? wrongDeadline) is { } refusal)
        {
            return (Problem)refusal;
        }

        var answer = await workers.AskAsync<TRequest, TAnswer>(endpoint, request.Answer!, deadline, http.HttpContext.RequestAborted, stamp);
        return answer.IsRefused ? (Problem)answer.Refusal : TypedResults.Json(answer.Answer, type);
    }

    private static async Task<Results<AnswerBody, Problem>> AnswerAsync(
        this HttpRequest http, TimeSpan budget, Func<RequestDeadline, Task<Result<AnswerBody>>> ask)
    {
        if (RequestDeadline.Read(http, budget, out var deadline) is { } refusal)
        {
            return (Problem)refusal;
        }

        var result = await ask(deadline);
        return result.IsRefused ? (Problem)result.Refusal : result.Answer;
    }
}
