using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Problems;
using Microsoft.AspNetCore.Connections;
using Microsoft.Net.Http.Headers;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Reads a request's JSON body, up to a size limit. A misspelt field is refused, any other unknown field is ignored and named in a header.</summary>
internal static class RequestBody
{
    public const int MaxBytes = 64 * 1024;

    // In these the bytes of plain JSON are those of UTF-8.
    private static readonly string[] Charsets = ["utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252"];

    /// <summary>The problem of a body whose encoding or charset this service does not read, or null.</summary>
    public static Problem? Unsupported(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encodings
            && !string.Equals(encodings.ToString(), "identity", StringComparison.OrdinalIgnoreCase))
        {
            return Problem.UnsupportedMedia(
                $"the body has the Content-Encoding {CallerText.Quoted(encodings.ToString())}: expected JSON that is not compressed");
        }

        return request.ContentType is { } type && type.Contains(';', StringComparison.Ordinal) && MediaTypeHeaderValue.TryParse(type, out var media)
            && media.Charset is { HasValue: true } charset && !Charsets.Contains(HeaderUtilities.RemoveQuotes(charset).Value, StringComparer.OrdinalIgnoreCase)
            ? Problem.UnsupportedMedia($"the body has the charset {CallerText.Quoted(HeaderUtilities.RemoveQuotes(charset).Value)}: expected JSON in UTF-8")
            : null;
    }

    public static async Task<Result<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type) where T : class
    {
        var cancelled = request.HttpContext.RequestAborted;
        while (true)
        {
            var read = await NextAsync(request, cancelled);
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

    // A chunk size beyond every number is a failed connection to the server, and a fault of the caller's all the same.
    private static async ValueTask<ReadResult> NextAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.BodyReader.ReadAsync(cancellationToken);
        }
        catch (IOException broken) when (broken is not (BadHttpRequestException or ConnectionResetException))
        {
            throw new BadHttpRequestException($"the body cannot be read: {broken.Message}", broken);
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
