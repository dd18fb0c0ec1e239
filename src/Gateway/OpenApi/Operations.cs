using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>Describes parameters, headers, refusals and examples of an operation.</summary>
internal static class Operations
{
    private const string Problems = "application/problem+json";
    private const string UnsupportedMedia = "415";

    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var examples = metadata.OfType<EndpointExamples>().Single();
        var refusals = metadata.OfType<PossibleRefusals>().Single();
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            Describe(parameter, operation.OperationId, context.Document);
        }

        AddHeaderParameters(operation, refusals.Deadline);
        AddExamples(operation, examples);
        AddRefusals(operation, refusals);
        foreach (var (status, response) in operation.Responses!)
        {
            AddHeaders((OpenApiResponse)response, status, refusals, examples.IsCached);
        }

        return Task.CompletedTask;
    }

    private static void Describe(OpenApiParameter parameter, string? operation, OpenApiDocument? document)
    {
        var field = RequestFields.Of(parameter.Name!, operation);
        parameter.Description = field.Description;
        parameter.Required = field.IsRequired;
        parameter.Schema = field.InParameter(document);
        parameter.Example = field.Example?.DeepClone();
        if (field.Type == JsonSchemaType.Array)
        {
            (parameter.Style, parameter.Explode) = (ParameterStyle.Form, false);
        }
    }

    private static void AddHeaderParameters(OpenApiOperation operation, TimeSpan? deadline)
    {
        operation.Parameters ??= [];
        if (deadline is { } standard)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = RequestDeadline.Header,
                In = ParameterLocation.Header,
                Description = "How long the caller waits, in milliseconds.",
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Format = "int32",
                    Minimum = "1",
                    Maximum = RequestDeadline.MaxMilliseconds.ToString(CultureInfo.InvariantCulture),
                    Default = (int)standard.TotalMilliseconds,
                },
            });
        }

        operation.Parameters.Add(new OpenApiParameter
        {
            Name = RequestId.Header,
            In = ParameterLocation.Header,
            Description = "The caller's id of the request, for logs: visible ASCII characters. Without it the service makes one.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = RequestId.MaxLength },
        });
    }

    private static void AddHeaders(OpenApiResponse response, string status, PossibleRefusals refusals, bool isCached)
    {
        var isProblem = response.Content?.ContainsKey(Problems) == true;
        response.Headers = new Dictionary<string, IOpenApiHeader>
        {
            [RequestId.Header] = Header("The id of the request in logs: the caller's, else a new one.", isRequired: true),
        };
        if (isProblem)
        {
            response.Headers["Cache-Control"] = Header("Always `no-store`.", isRequired: true);
        }
        else if (isCached)
        {
            response.Headers[AnswerBody.CacheHeader] = Header("Whether the answer came from the cache.", isRequired: true, ["hit", "miss"]);
            response.Headers["Cache-Control"] = Header("Always `no-cache`: a new model invalidates answers before they expire.", isRequired: true);
        }

        if (refusals.Deadline is not null && status == "200")
        {
            response.Headers[IgnoredFields.Header] = Header(
                "The fields and parameters of the request that were ignored, because no field has such a name. Left out where there are none.");
        }

        if (isProblem && status is "503" or "429")
        {
            response.Headers["Retry-After"] = new OpenApiHeader
            {
                Description = "After how many seconds to try again. Left out where only a person can repair the cause.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
            };
        }
    }

    private static OpenApiHeader Header(string description, bool isRequired = false, IReadOnlyList<string>? values = null) => new()
    {
        Description = description,
        Required = isRequired,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = values?.Select(value => (JsonNode)JsonValue.Create(value)).ToList() },
    };

    private static void AddExamples(OpenApiOperation operation, EndpointExamples examples)
    {
        if (examples.Request is not null && operation.RequestBody is OpenApiRequestBody { Content: { } content } body)
        {
            body.Required = true;
            content["application/json"].Example = JsonNode.Parse(examples.Request);
        }

        if (operation.Responses?["200"].Content?.TryGetValue("application/json", out var answer) == true)
        {
            answer.Example = JsonNode.Parse(examples.Answer);
        }

        if (operation.Responses?["200"].Content?.TryGetValue("text/event-stream", out var stream) == true)
        {
            stream.Example = JsonValue.Create(examples.Answer);
        }
    }

    private static void AddRefusals(OpenApiOperation operation, PossibleRefusals refusals)
    {
        foreach (var group in refusals.Reasons.GroupBy(RefusalStatus.Of))
        {
            var response = (OpenApiResponse)operation.Responses![group.Key.ToString(CultureInfo.InvariantCulture)];
            response.Description = string.Join("; ", group.Select(RefusalStatus.Title));
            response.Content![Problems].Examples = group.ToDictionary(Name, IOpenApiExample (reason) => Example(
                reason, RefusalStatus.Of(reason), RefusalStatus.Title(reason), Examples.Detail(reason)));
        }

        if (operation.Responses!.TryGetValue(UnsupportedMedia, out var found) && found is OpenApiResponse unsupported)
        {
            unsupported.Description = RefusalStatus.UnsupportedMediaTitle;
            unsupported.Content![Problems].Examples = new Dictionary<string, IOpenApiExample>
            {
                [Name(RefusalReason.InvalidRequest)] = Example(
                    RefusalReason.InvalidRequest,
                    StatusCodes.Status415UnsupportedMediaType,
                    RefusalStatus.UnsupportedMediaTitle,
                    "the body must be sent as Content-Type: application/json, found text/plain"),
            };
        }
    }

    private static string Name(RefusalReason reason) => JsonSerializer.SerializeToNode(reason)!.GetValue<string>();

    private static OpenApiExample Example(RefusalReason reason, int status, string title, string detail) => new()
    {
        Summary = title,
        Value = JsonSerializer.SerializeToNode(
            new ProblemBody("about:blank", title, status, detail, reason, "0f8fad5bd9cb469fa16570867728950e"), ProblemJson.Readable.ProblemBody),
    };
}
