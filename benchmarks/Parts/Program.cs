using BenchmarkDotNet.Running;
using Coinsphere.Messaging.Parts;

BenchmarkRunner.Run<AnswerParts>(args: args);
