using System.Reflection;
using System.Runtime.Loader;
using Coinsphere.Messaging.Client.Tests.Services;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace Coinsphere.Messaging.Client.Tests.Generators;

/// <summary>NSwag reads the service's document; a C# client on its classes compiles without a warning, and reads what the service answers.</summary>
public class NSwagTests(BothServices services)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task GeneratedClient_CompilesAndReadsWhatTheServiceAnswers()
    {
        using var http = new HttpClient { BaseAddress = services.Url };
        var document = await OpenApiDocument.FromJsonAsync(
            await http.GetStringAsync("/openapi/v1-3.0.json", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        var generated = new CSharpClientGenerator(document, new CSharpClientGeneratorSettings
        {
            ClassName = "Service",
            UseBaseUrl = false,
            GenerateOptionalParameters = true,
            CSharpGeneratorSettings =
            {
                Namespace = "Generated",
                GenerateNullableReferenceTypes = true,
                // An answer that lacks a required field, or has null where the document has none, is not read.
                RequiredPropertiesMustBeDefined = true,
            },
        }).GenerateFile();
        var usage = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "tests", "Client.Tests", "nswag", "Usage.cs"), TestContext.Current.CancellationToken);

        var run = Compile(generated, usage).GetType("Usage", throwOnError: true)!.GetMethod("RunAsync", BindingFlags.Public | BindingFlags.Static)!;
        var lines = await ((Task<string[]>)run.Invoke(null, [http])!).WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                "BTC 7d",
                $"as of {Scenario.Yesterday:yyyy-MM-dd}, 20 features",
                "ensemble of 1",
                "batch BTC -, BNB model_not_trained",
                "risk ETH",
                "prices BTC,ETH",
                "models trained,trained",
                "view 30d",
                "history records_unavailable 503",
                "unknown symbol unsupported_symbol 400",
            ],
            lines);
    }

    private static Assembly Compile(params string[] sources)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Generated.Client",
            sources.Select(source => CSharpSyntaxTree.ParseText(source, options)),
            references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)));
        assembly.Position = 0;
        return new AssemblyLoadContext("generated", isCollectible: true).LoadFromStream(assembly);
    }
}
