using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Reads a request's JSON body, up to a size limit. A misspelt field is refused, any other unknown field is ignored and named in a header.</summary>
internal static class RequestBody
{
    public const int MaxBytes = 64 * 1024;

    public static async Task<Result<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type) where T : class
    {
        var cancelled = request.HttpContext.RequestAborted;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancelled);
            if (read.Buffer.Length > MaxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return new RequestRefused(RefusalReason.RequestTooLarge, $"the body is larger than {MaxBytes} bytes");
            }

            if (!read.IsCompleted)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            // A body in one segment is parsed without copying.
            var result = Read(request, read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : read.Buffer.ToArray(), type);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return result;
        }
    }

    private static Result<T> Read<T>(HttpRequest request, ReadOnlySpan<byte> body, JsonTypeInfo<T> type) where T : class
    {
        var result = JsonBody.Read(body, type);
        if (result.IsRefused || JsonBody.UnknownFields(body, type) is not { Count: > 0 } unknown)
        {
            return result;
        }

        if (JsonBody.FindMisspelling(body, type) is { } misspelling)
        {
            return new RequestRefused(RefusalReason.InvalidRequest, misspelling);
        }

        IgnoredFields.Name(request.HttpContext.Response, unknown);
        return result;
    }
}
