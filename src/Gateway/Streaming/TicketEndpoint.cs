using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>Tickets by which browsers open streams.</summary>
internal static class TicketEndpoint
{
    public static void MapTickets(this IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/stream/ticket", Post)
        .Describe(
            "Streams",
            "PostStreamTicket",
            "A ticket that opens one stream within a minute, as its parameter ticket, where a browser can send no key.",
            [RefusalReason.NotAllowed, RefusalReason.InternalError])
        .Answers(Examples.Ticket);

    private static Results<JsonHttpResult<StreamTicket>, Problem> Post(HttpContext http, StreamTickets tickets, TimeProvider time)
    {
        var caller = http.KnownCaller();
        http.Response.Headers.CacheControl = "no-store";
        if (caller is null)
        {
            return Answer(StreamTickets.NoneNeeded, time.GetUtcNow() + StreamTickets.Lasts);
        }

        return caller.KeyId is { } id && tickets.Issue(id) is var (ticket, expires)
            ? Answer(ticket, expires)
            : (Problem)new RequestRefused(RefusalReason.NotAllowed, $"tickets are made for keys, and {caller.ShownName} has none: send the token as a header");
    }

    private static JsonHttpResult<StreamTicket> Answer(string ticket, DateTimeOffset expires) =>
        TypedResults.Json(new StreamTicket(ticket, expires), TicketJson.Default.StreamTicket);
}

/// <summary>The answer of <c>POST /api/v1/stream/ticket</c>.</summary>
/// <param name="Ticket">The value of the parameter <c>ticket</c>.</param>
/// <param name="ExpiresAt">Until when it opens a stream.</param>
public sealed record StreamTicket(
    [property: JsonPropertyName("ticket")] string Ticket,
    [property: JsonPropertyName("expires_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset ExpiresAt);

[JsonSerializable(typeof(StreamTicket))]
internal sealed partial class TicketJson : JsonSerializerContext;
